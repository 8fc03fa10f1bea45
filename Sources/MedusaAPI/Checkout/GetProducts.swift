internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaStore
internal import Sandbox

/// Route 31: the vendor's catalogue, which in the sandbox is the documented product.
enum GetProducts {
    static let page = Key.optional("page", .integer(1...1000), "Page number; the first when absent")

    static let endpoint = Endpoint(
        .get, "/v3/products", title: "Get Products", section: .checkout, source: .documented("legacy, Get Products"),
        security: .apiKey, query: fields(page),
        outcomes: [
            .init(
                .ok, meaning: "A page of products; all but the first are empty",
                body: .data([
                    .always(
                        "products",
                        .array(
                            of: .named(
                                "Product",
                                [
                                    .always("sku", .text(), "SKU"), .always("name", .text(), "Name"),
                                    .always("url", .text(), "Its page"),
                                ]), counts: Schema.anyCount), "Products")
                ]), sample: Sample(PackageResources.get_products_200_json)),
            .invalid,
        ])

    static func answer(_ call: Call) throws -> Response {
        let isFirst = (try call.input().query[page] ?? 1) == 1
        return .data {
            $0.member("products", array: isFirst ? [()] : []) { writer, _ in
                writer.object {
                    $0.member("sku", "MPN123XYZ")
                    $0.member("name", "Computer 1 with RAM and SSD")
                    $0.member("url", "https://flexshopper.com/product/this-cool-product")
                }
            }
        }
    }
}
