internal import Contract
internal import JSON

/// `page` and `limit` of the two lists (B.9).
struct Page {
    let number: Int
    let size: Int

    static let page = Key.optional("page", .integer(1...1000), "Page number to retrieve. Max 1000")
    static let limit = Key.optional("limit", .integer(1...1000), "Records per page, 20 by default. Max 1000")

    /// As many as a page can have.
    static let most = 1000

    init(_ query: Values) {
        number = query[Self.page] ?? 1
        size = query[Self.limit] ?? 20
    }

    static let meta = Field.always(
        "meta",
        .named(
            "Meta",
            [
                .always("count", .count, "How many records there are in all"),
                .always("totalPages", .count, "How many pages"),
                .always("page", .count, "The number of this one"),
                .always("limit", .count, "Records per page"),
            ]), "Where this page is")

    /// `meta`: how many records there are in all, and which of them these are.
    func write(_ count: Int, to writer: inout JSONWriter) {
        writer.member("meta") {
            $0.member("count", count)
            $0.member("totalPages", (count + size - 1) / size)
            $0.member("page", number)
            $0.member("limit", size)
        }
    }
}
