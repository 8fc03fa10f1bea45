internal import Contract
internal import HTTP
internal import JSON
internal import MedusaAPI
internal import Sandbox

/// One call of a script: a curl for people, a request for the rehearsal. A `Variable` stands for what an earlier step has found.
struct Step {
    enum Key {
        case own, none
        /// One that opens nothing.
        case wrong
    }

    /// A text that is known, or what an earlier step has found.
    enum Piece {
        case text(String)
        case variable(String)
    }

    var method: Method
    var segments: [Piece]
    var query: [NamedValue] = []
    var key = Key.own
    var token: Piece?
    /// Further fields of the header.
    var fields: [NamedValue] = []
    var contentType: String?
    var body: Body?
    /// What is taken from the answer: the variable, and the member's name.
    var captures: [Capture] = []
    /// Why it is there, in words; nothing for the call itself.
    var reason = ""

    enum Body {
        case json(Draft)
        /// As it was, where it is no JSON.
        case text(String)
    }

    struct Capture {
        let variable: String
        let member: String

        init(_ variable: String, from member: String) {
            self.variable = variable
            self.member = member
        }
    }

    init(_ method: Method, _ segments: [Piece], _ body: Draft? = nil, token: Piece? = nil, reason: String = "") {
        self.method = method
        self.segments = segments
        self.body = body.map { .json($0) }
        contentType = body == nil ? nil : "application/json"
        self.token = token
        self.reason = reason
    }

    init(_ method: Method, _ path: String, _ body: Draft? = nil, token: Piece? = nil, reason: String = "") {
        self.init(
            method, path.split(separator: "/").map { .text(String($0)) }, body, token: token, reason: reason)
    }

    /// Its segments, with the names of variables for what they stand for.
    var names: [String] {
        segments.map { piece in
            switch piece {
            case .text(let text): text
            case .variable(let name): name
            }
        }
    }

    /// Whether it turns the sandbox itself.
    var isOfSandbox: Bool {
        if case .text("_sandbox")? = segments.first { true } else { false }
    }

    // MARK: The request

    func request(_ values: [String: String]) -> Request {
        func text(_ piece: Piece) -> String {
            switch piece {
            case .text(let text): text
            case .variable(let name): values[name] ?? ""
            }
        }
        var header = Fields()
        if let token { header.add("customer-token", text(token)) }
        if let contentType { header.add("Content-Type", contentType) }
        for field in fields { header.add(field.name, field.value) }
        let segments = segments.map { text($0).percentEncoded }
        let pairs = query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
        let target = Target("/\(segments.joined(separator: "/"))\(pairs.isEmpty ? "" : "?\(pairs)")")
        return Request(
            method: method, target: target ?? Target(segments: []), fields: header,
            body: Array((bodyText { values[$0] ?? "" } ?? "").utf8))
    }

    private func bodyText(_ variable: (String) -> String) -> String? {
        switch body {
        case .json(let draft): draft.json(variable)
        case .text(let text): text
        case nil: nil
        }
    }

    // MARK: The curl

    /// - Parameters:
    ///   - url: of the server.
    ///   - key: the caller's own.
    func curl(_ url: String, key ownKey: String) -> String {
        let path = segments.map { piece in
            switch piece {
            case .text(let text): text.percentEncoded
            case .variable(let name): "$\(name)"
            }
        }.joined(separator: "/")
        let pairs = query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
        var words = ["curl -sS --fail-with-body"]
        if method != .get { words.append("-X \(method.rawValue)") }
        // What is escaped has nothing in it that a shell would read between double quotes, but for our own variables.
        words.append("\"\(url)/\(path)\(pairs.isEmpty ? "" : "?\(pairs)")\"")
        switch key {
        case .own: words.append("-H \(quoted("Authorization: \(ownKey)"))")
        case .wrong: words.append("-H 'Authorization: ***'")
        case .none: break
        }
        switch token {
        case .variable(let name): words.append("-H \"customer-token: $\(name)\"")
        case .text(let text): words.append("-H \(quoted("customer-token: \(text)"))")
        case nil: break
        }
        if let contentType { words.append("-H \(quoted("Content-Type: \(contentType)"))") }
        words += fields.map { "-H \(quoted("\($0.name): \($0.value)"))" }
        if let text = bodyText({ "'\"$\($0)\"'" }) { words.append("-d \(quoted(text, keeping: "'\"$"))") }
        return words.joined(separator: " ")
    }
}

/// Steps that belong together, the call itself last.
struct Script {
    var steps: [Step]

    /// What to type into a shell: it goes on only as long as everything succeeds.
    func text(_ url: String, key: String) -> String {
        var lines: [String] = []
        for step in steps {
            let curl = step.curl(url, key: key)
            guard !step.captures.isEmpty else {
                lines.append(curl)
                continue
            }
            lines.append("answer=$(\(curl))")
            lines += step.captures.map { capture in
                "\(capture.variable)=$(printf %s \"$answer\" | sed -n 's/.*\"\(capture.member)\":\"\\([^\"]*\\)\".*/\\1/p')"
            }
        }
        return lines.joined(separator: " &&\n")
    }

    /// What the steps before the call are for.
    var reasons: [String] { steps.map(\.reason).filter { !$0.isEmpty } }
}

/// As one word of a POSIX shell.
///
/// - Parameter marker: what begins a place where the quotes are closed on purpose, for a variable.
private func quoted(_ text: String, keeping marker: String? = nil) -> String {
    guard let marker, let range = text.firstRange(of: marker) else {
        return "'\(text.replacing("'", with: "'\\''"))'"
    }
    let rest = text[range.upperBound...]
    let name = rest.prefix { $0.isLetter || $0.isNumber }
    let behind = rest.dropFirst(name.count + "\"'".count)
    let before = text[..<range.lowerBound].replacing("'", with: "'\\''")
    let after = quoted(String(behind), keeping: marker)
    return "'\(before)'\"$\(name)\"\(after)"
}
