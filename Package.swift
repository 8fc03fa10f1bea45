// swift-tools-version: 6.2
import PackageDescription

// The order below is the architecture, from the ground up: a target imports only what stands above it in this file.
// Docs/Architecture.md draws the same picture.

let package = Package(
    name: "medusa-sandbox",
    products: [
        .executable(name: "medusa-sandbox", targets: ["medusa-sandbox"])
    ],
    dependencies: [
        // Flags, subcommands, --help and its error messages. Imports FoundationEssentials only.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // HMAC-SHA256 for customer tokens, lease ids and stored secrets. Imports FoundationEssentials only.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        // The C libraries: each names its Debian and Homebrew package.
        .systemLibrary(
            name: "CMicroHTTPD", pkgConfig: "libmicrohttpd",
            providers: [.apt(["libmicrohttpd-dev"]), .brew(["libmicrohttpd"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]),
        .systemLibrary(
            name: "CHaru",
            providers: [.apt(["libhpdf-dev"]), .brew(["libharu"])]),
        .systemLibrary(
            name: "CYAML", pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        // What Swift cannot say of sockets; above all our own `recv`, so that bytes are looked at before libmicrohttpd sees them.
        .target(name: "CSocket"),
        // What Swift cannot say of processes: a command that ends with the program, however that ends.
        .target(name: "CProcess"),
        // Inflates bodies that come as gzip or deflate, as hapi does for the vendor's server.
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

        // Floor 1: each stands alone.
        .target(name: "HTTP"),
        .target(name: "JSON"),
        .target(name: "Markup"),
        .target(name: "SQLite", dependencies: ["CSQLite"]),
        .target(name: "Medusa"),

        // Floor 2
        .target(name: "HTTPServer", dependencies: ["HTTP", "CMicroHTTPD", "CSocket"]),
        .target(name: "Contract", dependencies: ["HTTP", "JSON", "Medusa"]),
        .target(name: "MedusaStore", dependencies: ["Medusa", "SQLite"]),
        .target(name: "LeaseDocument", dependencies: ["Medusa", "CHaru"]),
        .target(name: "YAML", dependencies: ["JSON", "CYAML"]),
        .target(name: "ContentCoding", dependencies: ["CZlib"]),

        // Floor 3
        .target(
            name: "Sandbox",
            dependencies: [
                "Contract", "HTTP", "JSON", "MedusaStore", "Medusa", "SQLite",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),

        // Floor 4
        .target(
            name: "MedusaAPI",
            dependencies: [
                "ContentCoding", "Contract", "HTTP", "JSON", "LeaseDocument", "Medusa", "MedusaStore", "Sandbox",
            ],
            // The documented bodies, each with its page, as examples in OpenAPI.
            resources: [.embedInCode("Samples")]),

        // Floor 5
        .target(
            name: "Scenarios",
            dependencies: ["Contract", "HTTP", "JSON", "Medusa", "MedusaAPI", "MedusaStore", "Sandbox", "YAML"],
            // A link to the folder `Scenarios` at the top: the shipped files are part of the binary.
            resources: [.embedInCode("Shipped")]),

        .target(name: "Conformance", dependencies: ["Contract", "HTTP", "JSON", "Markup", "MedusaAPI"]),

        // Floor 6
        .target(
            name: "RequestJournal",
            dependencies: [
                "Contract", "HTTP", "JSON", "Markup", "Medusa", "MedusaAPI", "MedusaStore", "SQLite", "Sandbox",
                "Scenarios",
            ]),

        // Floor 7
        .target(
            name: "ControlAPI",
            dependencies: [
                "Contract", "HTTP", "JSON", "Medusa", "MedusaAPI", "MedusaStore", "RequestJournal", "SQLite", "Sandbox",
                "Scenarios",
            ]),

        .target(
            name: "PaymentPlugin",
            dependencies: ["Contract", "HTTP", "JSON", "Medusa", "MedusaAPI", "MedusaStore", "Sandbox"],
            // Pages, scripts and styles, served as they stand there.
            resources: [.embedInCode("Web")]),

        // Floor 8
        .executableTarget(
            name: "medusa-sandbox",
            dependencies: [
                "CProcess", "Conformance", "Contract", "ControlAPI", "HTTP", "HTTPServer", "JSON", "Markup", "Medusa",
                "MedusaAPI",
                "MedusaStore",
                "PaymentPlugin", "RequestJournal", "SQLite", "Sandbox", "Scenarios", "YAML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // The tests, a folder a target; `EndToEnd` runs the built program over a real socket.
        .target(name: "Support", dependencies: ["JSON"], path: "Tests/Support"),
        // What must hold of whatever comes from outside, a file a reader. The tests run it over the corpus, and `make fuzz` over all
        // that libFuzzer thinks of.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "ContentCoding", "Contract", "ControlAPI", "HTTP", "HTTPServer", "JSON", "Medusa", "MedusaAPI",
                "MedusaStore", "RequestJournal", "SQLite", "Sandbox", "Scenarios", "YAML",
            ],
            path: "Tests/Fuzz/Targets"),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "JSON", "Support"]),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite"]),
        .testTarget(name: "MedusaTests", dependencies: ["Medusa", "Support"]),
        .testTarget(
            name: "LeaseDocumentTests", dependencies: ["ContentCoding", "LeaseDocument", "Medusa", "Support"]),
        .testTarget(name: "ContractTests", dependencies: ["Contract", "HTTP", "JSON", "Medusa", "Support"]),
        .testTarget(name: "YAMLTests", dependencies: ["JSON", "YAML"]),
        .testTarget(name: "MedusaStoreTests", dependencies: ["MedusaStore", "Medusa", "SQLite", "Support"]),
        .testTarget(
            name: "MedusaAPITests",
            dependencies: ["Contract", "HTTP", "JSON", "Medusa", "MedusaAPI", "Sandbox", "Support"]),
        .testTarget(
            name: "SandboxTests",
            dependencies: ["Contract", "JSON", "Medusa", "MedusaStore", "SQLite", "Sandbox", "Support"]),
        .testTarget(
            name: "ScenariosTests",
            dependencies: ["Medusa", "MedusaAPI", "MedusaStore", "Sandbox", "Scenarios", "Support", "YAML"]),
        .testTarget(
            name: "RequestJournalTests",
            dependencies: [
                "Contract", "HTTP", "JSON", "Medusa", "MedusaAPI", "MedusaStore", "RequestJournal", "Sandbox",
                "Scenarios", "Support",
            ]),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "Conformance", "Contract", "ControlAPI", "HTTP", "JSON", "Medusa", "MedusaAPI", "MedusaStore",
                "Sandbox",
            ]),
        .testTarget(
            name: "PaymentPluginTests",
            dependencies: ["HTTP", "JSON", "Medusa", "MedusaAPI", "MedusaStore", "PaymentPlugin", "Sandbox"]),
        .testTarget(
            name: "ControlAPITests",
            dependencies: [
                "Contract", "ControlAPI", "HTTP", "JSON", "Medusa", "MedusaAPI", "Sandbox", "Scenarios", "Support",
            ]),
        .testTarget(
            name: "EndToEnd",
            dependencies: [
                "Contract", "ControlAPI", "HTTP", "JSON", "Medusa", "MedusaAPI", "MedusaStore", "PaymentPlugin",
                "SQLite", "Sandbox", "Scenarios", "Support", "medusa-sandbox",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
    ]
)

/// The fuzzer itself is there only when `make fuzz` asks for it: it links libFuzzer's runtime, which not every toolchain has, and which
/// an ordinary build has no use for.
let isFuzzing = Context.environment["MEDUSA_FUZZ"] != nil
if isFuzzing {
    package.targets += [
        .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(name: "fuzz", dependencies: ["CFuzzer", "FuzzTargets"], path: "Tests/Fuzz/Runner"),
    ]
}

/// One language for every target: Swift 6 mode, each use of a C pointer marked, imports private unless said otherwise.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),  // SE-0335
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
        .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
        .strictMemorySafety(),  // SE-0458
        .treatAllWarnings(as: .error),  // SE-0480
    ]
    // A tenth of a request's cost: small functions of one target are inlined into another. For the fuzzer an edge belongs to one place.
    if !isFuzzing {
        target.swiftSettings? += [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]
    }
}
