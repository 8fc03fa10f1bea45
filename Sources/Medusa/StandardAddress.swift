/// A postal address of the USA in the form in which two spellings of it are the same: as the Postal Service abbreviates it
/// (Publication 28), in capitals, without punctuation and accents, with five digits of the ZIP code.
package struct StandardAddress: Hashable, Sendable {
    /// The lines of the street, and last of all the numbers of what is inside the building.
    private let delivery: [String]
    private let city: [String]
    private let region: String
    private let postalCode: String
    private let country: String

    /// - Parameter lines: street, and perhaps a second line; which of them names the apartment does not matter.
    package init(lines: [String], city: String, region: String, postalCode: String, country: String) {
        delivery = Self.delivery(lines.flatMap(Self.words))
        self.city = Self.abbreviated(Self.words(city))
        self.region = Self.state(region)
        self.country = Self.country(country)
        // Other countries have letters in theirs, and no four digits more.
        let code = Self.words(postalCode).joined()
        self.postalCode = self.country == "US" ? String(code.prefix(5)) : code
    }

    /// Whether it is the two letters of a state, a district or a territory.
    package static func isStateCode(_ text: String) -> Bool { stateCodes.contains(text.uppercased()) }

    // MARK: Words

    /// Words in capitals: a full stop or an apostrophe inside a word is dropped, a hyphen between letters parts two words, and anything
    /// else that is neither letter nor digit parts them too. `#` is a word.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        /// The letters since the latest full stop in the word.
        var letters = 0
        func settle() {
            if !word.isEmpty { words.append(word) }
            word = ""
            letters = 0
        }
        let characters = Array(text.withoutMarks.uppercased().replacing("&", with: " AND "))
        for (place, character) in characters.enumerated() {
            var ahead = characters.dropFirst(place).dropFirst()
            let next = ahead.popFirst()
            switch character {
            case "'", "’", "`": break
            // U.S.A. is one word, St.Louis is two.
            case "." where next?.isLetter != true || letters == 1 && ahead.first?.isLetter != true: letters = 0
            // 260-B is 260B, Winston-Salem is Winston Salem.
            case "-" where word.last?.isNumber == true || next?.isNumber == true: break
            case "/" where word.last?.isNumber == true && next?.isNumber == true: word.append(character)
            case "#":
                settle()
                words.append("#")
            case _ where character.isLetter || character.isNumber:
                word.append(character)
                letters += 1
            default: settle()
            }
        }
        settle()
        return words
    }

    /// The street, with what it is called inside moved to the end, and the kinds of rooms left out that tell nothing: `#260`, `Ste 260`
    /// and `Unit 260` are one door.
    private static func delivery(_ given: [String]) -> [String] {
        var street: [String] = []
        var rooms: [String] = []
        var rest = joined(given)[...]
        while let word = rest.popFirst() {
            if word == "#" || isKindOfRoom(word) {
                while rest.first == "#" || rest.first == "NO" || rest.first == "NUMBER" { rest = rest.dropFirst() }
                if let room = rest.first, isRoom(room) {
                    rooms.append(withoutZeros(room))
                    rest = rest.dropFirst()
                } else if word != "#" {
                    street.append(word)
                }
            } else if let room = attached(word) {
                rooms.append(room)
            } else {
                street.append(word)
            }
        }
        return abbreviated(street) + rooms
    }

    private static func isKindOfRoom(_ word: String) -> Bool {
        [
            "APT", "APARTMENT", "APMT", "STE", "SUITE", "SUIT", "UNIT", "RM", "ROOM", "SPC", "SPACE", "LOT", "OFC",
            "OFFICE",
        ].contains(word)
    }

    /// `260`, `B`, `4C`, but not the `St` of a street that is called Lot.
    private static func isRoom(_ word: String) -> Bool {
        word.contains(where: \.isNumber) || word.count == 1
            || word.count == 2 && abbreviations[word] == nil && !abbreviations.values.contains(word)
    }

    /// `STE260`
    private static func attached(_ word: String) -> String? {
        let letters = word.prefix { $0.isLetter }
        let room = word.dropFirst(letters.count)
        guard let first = room.first, first.isNumber, isKindOfRoom(String(letters)) else { return nil }
        return withoutZeros(String(room))
    }

    private static func withoutZeros(_ room: String) -> String {
        let rest = room.drop { $0 == "0" }
        return rest.first?.isNumber == true ? String(rest) : room
    }

    /// Several words that stand for one.
    private static func joined(_ words: [String]) -> [String] {
        var joined: [String] = []
        var rest = words[...]
        while let word = rest.first {
            let phrase = phrases.first { rest.starts(with: $0.words) }
            if let phrase {
                joined += phrase.short
                rest = rest.dropFirst(phrase.words.count)
            } else {
                joined.append(word)
                rest = rest.dropFirst()
            }
        }
        return joined
    }

    private static let phrases: [(words: [String], short: [String])] = [
        (["POST", "OFFICE", "BOX"], ["PO", "BOX"]), (["P", "O", "BOX"], ["PO", "BOX"]), (["POB"], ["PO", "BOX"]),
        (["POBOX"], ["PO", "BOX"]), (["U", "S"], ["US"]), (["COUNTY", "ROAD"], ["CR"]), (["COUNTY", "RD"], ["CR"]),
        (["CO", "RD"], ["CR"]), (["STATE", "ROAD"], ["SR"]), (["STATE", "RD"], ["SR"]), (["STATE", "ROUTE"], ["SR"]),
        (["STATE", "RTE"], ["SR"]), (["RURAL", "ROUTE"], ["RR"]), (["RURAL", "RTE"], ["RR"]),
    ]

    /// Suffixes, directions and the like as the Postal Service abbreviates them; two directions in a row are one.
    private static func abbreviated(_ words: [String]) -> [String] {
        var short: [String] = []
        for word in words {
            let word = abbreviations[word] ?? word
            if let last = short.last, ["N", "S"].contains(last), ["E", "W"].contains(word) {
                short[short.index(before: short.endIndex)] = last + word
            } else {
                short.append(word)
            }
        }
        return short
    }

    private static let abbreviations: [String: String] = {
        var abbreviations: [String: String] = [:]
        for row in AddressWords.table.split(separator: "\n") {
            let words = row.split(separator: " ").map(String.init)
            for word in words.dropFirst() { abbreviations[word] = words[0] }
        }
        return abbreviations
    }()

    // MARK: State and country

    private static func state(_ text: String) -> String {
        var words = words(text)
        if words.count > 1, words.first == "US" { words.removeFirst() }
        let name = words.joined(separator: " ")
        if stateCodes.contains(name) { return name }
        return states[name] ?? states[words.joined()] ?? name
    }

    private static let states: [String: String] = {
        var states: [String: String] = [:]
        for row in AddressWords.states.split(separator: "\n") {
            let parts = row.split(separator: ":")
            guard let code = parts.first, let names = parts.last else { continue }
            for name in names.split(separator: ",") { states[name.uppercased()] = String(code) }
        }
        return states
    }()

    private static let stateCodes = Set(states.values)

    private static func country(_ text: String) -> String {
        let name = words(text).joined(separator: " ")
        return ["USA", "UNITED STATES", "UNITED STATES OF AMERICA", "U S", "U S A", "AMERICA"].contains(name)
            ? "US" : name
    }
}
