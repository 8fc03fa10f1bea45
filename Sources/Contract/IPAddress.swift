/// An address of the Internet Protocol as Joi's `ip()` takes it: of version 4 or 6, with or without the length of a network behind it.
package enum IPAddress {
    /// Six groups, an address of version 4 behind them, and `/128`.
    static let longest = 45 + 4

    package static func isOne(_ text: String) -> Bool {
        guard text.utf8.count <= longest, text.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first else { return false }
        let isShort = isVersion4(address)
        guard isShort || isVersion6(address) else { return false }
        return parts.count == 1 || parts.dropFirst().allSatisfy { isNumber($0, upTo: isShort ? 32 : 128) }
    }

    /// Without zeros before it, which some read as an octal number.
    private static func isNumber(_ text: Substring, upTo most: Int) -> Bool {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            text == "0" || text.first != "0", let number = Int(text)
        else { return false }
        return number <= most
    }

    private static func isVersion4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { isNumber($0, upTo: 255) }
    }

    /// RFC 4291, section 2.2: eight groups, of which one run may be left out; the last two may be an address of version 4.
    private static func isVersion6(_ text: Substring) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        switch halves.count {
        case 1: return groups(halves[0], mayEnd: true) == 8
        case 2:
            guard let before = groups(halves[0], mayEnd: false), let after = groups(halves[1], mayEnd: true) else {
                return false
            }
            return before + after <= 7
        default: return false
        }
    }

    /// How many groups they are; `nil` where one is none.
    ///
    /// - Parameter mayEnd: whether the address ends with them, and so may end in one of version 4.
    private static func groups(_ text: Substring, mayEnd: Bool) -> Int? {
        guard !text.isEmpty else { return 0 }
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var count = parts.count
        if mayEnd, let last = parts.last, isVersion4(last) {
            parts.removeLast()
            count += 1
        }
        let areGroups = parts.allSatisfy { part in
            (1...4).contains(part.utf8.count) && part.utf8.allSatisfy { "0123456789abcdefABCDEF".utf8.contains($0) }
        }
        return areGroups ? count : nil
    }
}
