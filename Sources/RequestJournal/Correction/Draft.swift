internal import JSON

/// A JSON document that can be changed.
indirect enum Draft {
    struct Member {
        let name: String
        var value: Draft
    }

    case object([Member])
    case array([Draft])
    /// A scalar, as JSON writes it.
    case scalar([UInt8])
    /// What an earlier step has found.
    case variable(String)

    init(_ json: JSON) {
        if json.isObject {
            self = .object(json.members.map { Member(name: $0.name, value: Draft($0.value)) })
        } else if json.isArray {
            self = .array(json.elements.map { Draft($0) })
        } else {
            self = .scalar(json.source)
        }
    }

    static func text(_ text: String) -> Draft { .scalar(JSONWriter.write { $0.value(text) }) }

    static func number(_ number: Int) -> Draft { .scalar(Array(String(number).utf8)) }

    static func flag(_ flag: Bool) -> Draft { .scalar(Array(String(flag).utf8)) }

    var string: String? {
        if case .scalar(let bytes) = self { (try? JSON(bytes))?.string } else { nil }
    }

    subscript(_ name: String) -> Draft? {
        get {
            guard case .object(let members) = self else { return nil }
            return members.last { $0.name == name }?.value
        }
        set {
            var members: [Member] = if case .object(let found) = self { found } else { [] }
            let place = members.lastIndex { $0.name == name }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
            self = .object(members)
        }
    }

    /// Changes what is at a path as validation writes it: `items[0].cost`. Nothing on the way is made up.
    mutating func change(at path: ArraySlice<Part>, _ change: (inout Draft?) -> Void) {
        guard let first = path.first else { return }
        let rest = path.dropFirst()
        switch (self, first) {
        case (.object, .name(let name)):
            guard !rest.isEmpty else {
                var value = self[name]
                change(&value)
                self[name] = value
                return
            }
            guard var below = self[name] else { return }
            below.change(at: rest, change)
            self[name] = below
        case (.array(var elements), .index(let index)):
            guard elements.indices.contains(index) else { return }
            if rest.isEmpty {
                var value: Draft? = elements[index]
                change(&value)
                if let value { elements[index] = value } else { elements.remove(at: index) }
            } else {
                elements[index].change(at: rest, change)
            }
            self = .array(elements)
        case (.object, .index), (.array, .name), (.scalar, _), (.variable, _): return
        }
    }

    enum Part: Hashable {
        case name(String)
        case index(Int)
    }

    static func parts(of path: String) -> [Part] {
        path.split(separator: ".").flatMap { word -> [Part] in
            let pieces = word.split(separator: "[")
            let indices = pieces.dropFirst().compactMap { Int($0.prefix { $0 != "]" }) }.map(Part.index)
            return (pieces.first.map { [.name(String($0))] } ?? []) + indices
        }
    }

    /// Replaces every text that is no more than a mask.
    mutating func unmask(_ path: [Part] = [], _ value: ([Part]) -> Draft?) {
        switch self {
        case .object(var members):
            for index in members.indices { members[index].value.unmask(path + [.name(members[index].name)], value) }
            self = .object(members)
        case .array(var elements):
            for index in elements.indices { elements[index].unmask(path + [.index(index)], value) }
            self = .array(elements)
        case .scalar:
            if string == "***", let shown = value(path) { self = shown }
        case .variable: break
        }
    }

    // MARK: Writing

    /// - Parameter variable: how a variable stands inside a string of JSON.
    func json(_ variable: (String) -> String) -> String {
        switch self {
        case .object(let members):
            let inner = members.map { member in
                "\(String(decoding: JSONWriter.write { $0.value(member.name) }, as: UTF8.self)):\(member.value.json(variable))"
            }
            return "{\(inner.joined(separator: ","))}"
        case .array(let elements): return "[\(elements.map { $0.json(variable) }.joined(separator: ","))]"
        case .scalar(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .variable(let name): return "\"\(variable(name))\""
        }
    }
}
