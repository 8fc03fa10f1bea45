internal import HTTP

/// A file of the plugin, part of the binary. Nothing is built from it: what is served is what stands in `Web`.
struct Asset {
    private let type: String
    private let bytes: [UInt8]

    static let sdk = PackageResources.sdk_js

    /// The file at a path.
    static func at(_ segments: [String]) -> Asset? {
        switch segments {
        case ["pp3", "frame"]: html(PackageResources.frame_html)
        case ["pp3", "frame.js"]: javaScript(PackageResources.frame_js)
        case ["pp3", "frame.css"]: css(PackageResources.frame_css)
        case ["pp3", "app"]: html(PackageResources.app_html)
        case ["pp3", "app.js"]: javaScript(PackageResources.app_js)
        case ["pp3", "app.css"]: css(PackageResources.app_css)
        case ["pp3", "dom.js"]: javaScript(PackageResources.dom_js)
        case ["pp3", "calls.js"]: javaScript(PackageResources.calls_js)
        case ["pp3", "account.js"]: javaScript(PackageResources.account_js)
        case ["pp3", "application.js"]: javaScript(PackageResources.application_js)
        case ["pp3", "lease.js"]: javaScript(PackageResources.lease_js)
        case ["pp3", "logo.js"]: javaScript(PackageResources.logo_js)
        case ["demo"]: html(PackageResources.demo_html)
        case ["demo", "shop.js"]: javaScript(PackageResources.shop_js)
        case ["demo", "shop.css"]: css(PackageResources.shop_css)
        default: nil
        }
    }

    private static func html(_ bytes: [UInt8]) -> Asset { Asset(type: "text/html; charset=utf-8", bytes: bytes) }
    private static func css(_ bytes: [UInt8]) -> Asset { Asset(type: "text/css; charset=utf-8", bytes: bytes) }
    private static func javaScript(_ bytes: [UInt8]) -> Asset {
        Asset(type: "text/javascript; charset=utf-8", bytes: bytes)
    }

    static func script(_ text: String) -> Response { javaScript(Array(text.utf8)).response }

    var response: Response {
        Response(
            .ok,
            fields: [
                NamedValue("Content-Type", type),
                // Nothing but files of this server, no text of the page as a script or a style. Who may frame it is the shop's choice.
                NamedValue(
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' http: https:; img-src 'self' data:; "
                        + "frame-src 'self'; base-uri 'none'; form-action 'none'"),
                // A shop's page that is isolated (`require-corp`) may load them, and frame pages that ask the same of what they load.
                NamedValue("Cross-Origin-Resource-Policy", "cross-origin"),
                NamedValue("Cross-Origin-Embedder-Policy", "require-corp"),
                NamedValue("X-Content-Type-Options", "nosniff"),
                NamedValue("Referrer-Policy", "no-referrer"),
                NamedValue("Cache-Control", "no-cache"),
            ], body: bytes)
    }
}
