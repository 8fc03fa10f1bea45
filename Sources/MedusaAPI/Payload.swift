internal import ContentCoding
package import Contract
package import HTTP
package import JSON

extension Gateway {
    /// Why a body was not taken.
    package enum PayloadRefusal: Error {
        /// Of a type or a coding that is not read.
        case unsupported
        case broken
        /// Once it was inflated.
        case tooLarge

        package var response: Response {
            switch self {
            case .unsupported: .error(.unsupportedMediaType, message: "Unsupported Media Type")
            case .broken: .error(.badRequest, message: "Invalid request payload JSON format")
            // In the words of the gateway, which says so of a body that is as large on its way.
            case .tooLarge: .gateway(.contentTooLarge, "Request size limit exceeded")
            }
        }
    }

    private enum MediaType {
        case json, form

        /// A body without a type is JSON to hapi, on which the vendor's server is built; old modules send such.
        init(_ field: String?) throws(PayloadRefusal) {
            // What nearly everybody sends.
            if field == "application/json" {
                self = .json
                return
            }
            let type = (field ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
            switch type {
            case "", "application/json": self = .json
            case "application/x-www-form-urlencoded": self = .form
            case _ where type.hasPrefix("application/") && type.hasSuffix("+json"): self = .json
            default: throw PayloadRefusal.unsupported
            }
        }
    }

    /// The body as JSON; `nil` when there is none (decisions.md 2). That of a GET is read only where an endpoint is also served
    /// at one.
    ///
    /// - Throws: a `PayloadRefusal`.
    package func payload(_ request: Request, of endpoint: Endpoint) throws(PayloadRefusal) -> JSON? {
        guard !request.body.isEmpty, endpoint.method != .get else { return nil }
        let type = try MediaType(request.fields["content-type"])
        let body = try inflated(request)
        guard !body.isEmpty else { return nil }
        do throws(JSONError) {
            switch type {
            case .json: return try JSON(body)
            case .form: return try JSON(FormBody.json(body))
            }
        } catch {
            throw .broken
        }
    }

    /// The body without its codings, the last one first; as large as a body may be, and not larger.
    private func inflated(_ request: Request) throws(PayloadRefusal) -> [UInt8] {
        guard request.fields["content-encoding"] != nil else { return request.body }
        let names = request.fields.lines.filter { $0.name.lowercased() == "content-encoding" }
            .flatMap { $0.value.lowercased().split(separator: ",") }
            .map { String($0.filter { $0 != " " && $0 != "\t" }) }
            .filter { !$0.isEmpty && $0 != "identity" }
        guard names.count <= Self.mostCodings else { throw .unsupported }
        var body = request.body
        for name in names.reversed() {
            guard let coding = ContentCoding(name) else { throw .unsupported }
            do throws(ContentCoding.Failure) {
                body = try coding.inflate(body, limit: bodyLimit)
            } catch {
                switch error {
                case .broken: throw .broken
                case .tooLarge: throw .tooLarge
                }
            }
        }
        return body
    }

    /// One within another multiplies what a small body can ask for.
    private static let mostCodings = 2
}

/// A form (WHATWG URL, application/x-www-form-urlencoded), as Node's `querystring` reads it: every value is a string, and a name that
/// comes again makes a list.
enum FormBody {
    /// How many fields are read, as in Node.
    private static let mostFields = 1000

    static func json(_ bytes: [UInt8]) -> [UInt8] {
        var names: [String] = []
        var values: [String: [String]] = [:]
        for pair in bytes.split(separator: UInt8(ascii: "&")).prefix(mostFields) {
            let raw = pair.prefix { $0 != UInt8(ascii: "=") }
            let name = text(raw)
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(text(pair.dropFirst(raw.count + 1)))
        }
        return JSONWriter.write { writer in
            writer.object { form in
                for name in names {
                    form.escapedKey(name)
                    let given = values[name] ?? []
                    if given.count == 1 { form.value(given[0]) } else { form.array(given) { $0.value($1) } }
                }
            }
        }
    }

    /// An escape that is none stands as it is, and what is no UTF-8 becomes U+FFFD.
    private static func text(_ raw: ArraySlice<UInt8>) -> String {
        String(decoding: Disguise.percentDecoded(Array(raw)), as: UTF8.self)
    }
}
