internal import JSON

/// The lines of facts.txt.
package struct Facts {
    package struct Fact {
        package let route: String
        package let place: String
        package let path: String
        package let type: String
        package let isRequired: Bool?
        package let values: [String]
    }

    package struct Named {
        package let route: String
        package let name: String
    }

    package private(set) var routes: [String] = []
    package private(set) var fields: [Fact] = []
    package private(set) var members: [Fact] = []
    package private(set) var statuses: [Named] = []
    package private(set) var codes: [Named] = []
    package private(set) var samples: [Named] = []
    /// Error samples that the generator printed whatever the call.
    package private(set) var placeholders: [Named] = []

    package init() throws {
        let text = String(decoding: try Repository.bytes("Tests/Fixtures/facts.txt"), as: UTF8.self)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard line.hasPrefix(" ") else {
                routes.append(String(line))
                continue
            }
            let route = routes.last ?? ""
            let halves = line.split(separator: ":", maxSplits: 1)
            let words = halves[0].split(separator: " ").map(String.init)
            switch words[0] {
            case "status": statuses.append(Named(route: route, name: words[1]))
            case "code": codes.append(Named(route: route, name: words[1]))
            case "placeholder": placeholders.append(Named(route: route, name: words[1]))
            case "sample": samples.append(Named(route: route, name: words[1]))
            default:
                let fact = Fact(
                    route: route, place: words[0], path: words[1], type: words[2],
                    isRequired: words.count > 3 ? words[3] == "yes" : nil,
                    values: halves.count > 1 ? halves[1].split(separator: " ").map(String.init) : [])
                if fact.place == "answer" { members.append(fact) } else { fields.append(fact) }
            }
        }
    }
}
