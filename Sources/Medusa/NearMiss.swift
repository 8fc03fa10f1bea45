/// E-mails that look like a test value of `Persona.all` and are none: they would be approved like everybody, and a test that means a denial
/// would wonder.
extension Persona {
    /// - Returns: the suffix that was probably meant, `.deny` or `.limit500`; `nil` for a test value, and for what looks like nobody's.
    package static func nearMiss(ofEmail email: String) -> String? {
        // Longer than any e-mail.
        guard email.utf8.count <= 1024, couldBeMeant(email.utf8), outcome(ofEmail: email) == nil else { return nil }
        let whole = email.prefix { $0 != "@" }.lowercased()
        let local = whole.prefix { $0 != "+" }
        let words = local.split(separator: ".")
        // The word itself, misspelt or with something around it; then what stands where no suffix does.
        return words.last.flatMap { meant(by: String($0)) }
            ?? standsElsewhere(words, label: whole.dropFirst(local.count))
    }

    /// The words that can be meant, each by the letters that it has, and how many of those may be missing where it is misspelt.
    private static let letters: [(set: UInt32, mayMiss: Int)] = (suffixes + suffixesWithDollars + variants.keys).map {
        (set(of: $0.utf8), $0.utf8.count >= 8 ? 2 : $0.utf8.count >= 5 ? 1 : 0)
    }

    /// Whether what stands before the `@` has the letters for any of those words. Most people's have not, and need no closer look.
    private static func couldBeMeant(_ email: String.UTF8View) -> Bool {
        let given = set(of: email.prefix { $0 != UInt8(ascii: "@") })
        return letters.contains { (word, mayMiss) in (word & ~given).nonzeroBitCount <= mayMiss }
    }

    /// The letters of a text as a set; what is no letter of ASCII has no part in it.
    private static func set(of text: some Sequence<UInt8>) -> UInt32 {
        text.reduce(0) { set, byte in
            let place = (byte | 0x20) &- UInt8(ascii: "a")
            return place < 26 ? set | 1 << place : set
        }
    }

    private static let suffixes: [String] = all.compactMap { persona in
        if case .suffix(let word) = persona.trigger { word } else { nil }
    }

    private static let suffixesWithDollars: [String] = all.compactMap { persona in
        if case .suffixWithDollars(let word) = persona.trigger { word } else { nil }
    }

    /// Other forms of the words that people remember.
    private static let variants: [String: String] = [
        "denied": "deny", "denial": "deny", "denies": "deny", "denyed": "deny", "reject": "deny", "rejected": "deny",
        "approved": "approve", "approval": "approve", "approves": "approve", "accept": "approve",
        "accepted": "approve", "declined": "decline", "declines": "decline", "onhold": "hold", "holds": "hold",
        "spendinghold": "hold", "verification": "verify", "verified": "verify", "unverified": "verify",
        "manual": "qamanual", "manualreview": "qamanual", "pending": "qamanual", "badgateway": "gateway",
        "overdue": "pastdue", "firstpaymentdeclined": "firstpayment",
    ]

    /// Those that may be misspelt as well. A shorter one is often nearly a name: Denise, Manuel, Danial.
    private static let variantNames = variants.keys.filter { $0.utf8.count >= 7 }.sorted()

    private static func meant(by word: String) -> String? {
        // Digits, hyphens and underscores are none of a suffix: `deny1`, `past-due`.
        let letters = word.filter { $0.isLetter }
        if let name = suffixesWithDollars.first(where: {
            letters.hasPrefix($0) || isMisspelt(letters, $0) || isWithoutALetter(letters, $0) && letters != word
        }) {
            return ".\(name)500"
        }
        let suffix =
            suffixes.first { $0 == letters } ?? variants[letters] ?? suffixes.first { isMisspelt(letters, $0) }
            ?? variantNames.first { isMisspelt(letters, $0) }.flatMap { variants[$0] }
        return suffix.map { ".\($0)" }
    }

    /// Two letters swapped or the last one doubled; in long words, which hardly anybody is called, one letter wrong as well, or two.
    private static func isMisspelt(_ word: String, _ suffix: String) -> Bool {
        // Most words are of another length, and need no closer look.
        guard (word.utf8.count - suffix.utf8.count).magnitude <= 2, word != "verity" else { return false }
        if word == suffix + suffix.suffix(1) { return true }
        let (given, right) = (Array(word), Array(suffix))
        if given.count == right.count {
            let wrong = given.indices.filter { given[$0] != right[$0] }
            if let first = wrong.first, let last = wrong.last, wrong.count == 2, right.index(after: first) == last,
                given[first] == right[last], given[last] == right[first]
            {
                return true
            }
        }
        guard right.count >= 6 else { return false }
        return distance(given, right) <= (right.count >= 8 ? 2 : 1)
    }

    private static func isWithoutALetter(_ word: String, _ suffix: String) -> Bool {
        suffix.indices.contains { index in
            var shorter = suffix
            shorter.remove(at: index)
            return shorter == word
        }
    }

    /// How many insertions, deletions and replacements lead from one word to the other.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        guard left.count <= 20 else { return left.count }
        var above = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let replaced = above[column] + (letter == other ? 0 : 1)
                let neighbours = min(above.dropFirst(column).dropFirst().first ?? replaced, current.last ?? replaced)
                current.append(min(replaced, neighbours + 1))
            }
            above = current
        }
        return above.last ?? left.count
    }

    /// `deny@`, `jane_deny@`, `jane+deny@`, `jane.deny.smith@`.
    private static func standsElsewhere(_ words: [Substring], label: Substring) -> String? {
        var places = words.dropLast().map(String.init)
        if let last = words.last { places += last.split { $0 == "_" || $0 == "-" }.suffix(1).map(String.init) }
        places += label.split { "+._-".contains($0) }.map(String.init)
        for place in places {
            if suffixes.contains(place) { return ".\(place)" }
            let name = place.prefix { $0.isLetter }
            if suffixesWithDollars.contains(String(name)), place.count > name.count { return ".\(place)" }
        }
        return nil
    }
}
