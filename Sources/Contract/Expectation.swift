internal import Medusa

/// What a value is that is only kept, if it is what the documents have. Another one is taken: the vendor's schema says no more than
/// "string" or "number", and nothing is computed with it. But it is worth a warning (decisions.md 19).
package enum Expectation: Hashable, Sendable {
    /// One that can be read.
    case date
    case notNegative
    /// An amount of dollars of whole cents. A price of more places is multiplied as it is, other amounts are rounded.
    case wholeCents
    /// The digits 0 to 9 and nothing else.
    case digits
    /// `2025-09`
    case yearAndMonth
    /// A state of the USA, or one of its territories, in two letters.
    case state
    /// ISO 3166-1: two letters, or three as older pages have it.
    case country
    /// `33021`, `33021-1234`
    case postalCode
    /// Of version 4 or 6.
    case ipAddress

    /// In the voice of the validation.
    package var complaint: String {
        switch self {
        case .date: "must be a valid date"
        case .notNegative: "must be greater than or equal to 0"
        case .wholeCents: "must have no more than 2 decimal places"
        case .digits: "must have digits only"
        case .yearAndMonth: "must be a year and a month, such as 2025-09"
        case .state: "must be a state in two letters, such as FL"
        case .country: "must be a country in two or three letters, such as US"
        case .postalCode: "must be a ZIP code, such as 33021 or 33021-1234"
        case .ipAddress: "must be a valid ip address"
        }
    }

    /// A value that would do; `nil` where what the type itself asks for does.
    package var example: String? {
        switch self {
        case .date: "2026-03-02"
        case .yearAndMonth: "2030-12"
        case .state: "FL"
        case .country: "US"
        case .postalCode: "33021"
        case .ipAddress: "127.0.0.1"
        case .notNegative, .wholeCents, .digits: nil
        }
    }

    func isMet(by given: Given) -> Bool {
        switch self {
        case .notNegative: return given.decimal.map { $0 >= .zero } ?? true
        case .wholeCents: return given.decimal.map { $0.isExact(places: 2) } ?? true
        case .date: return given.string == nil || given.date != nil
        case .digits, .yearAndMonth, .state, .country, .postalCode, .ipAddress: break
        }
        guard let text = given.string else { return true }
        // Longer than any of them.
        guard text.utf8.count <= 256 else { return false }
        switch self {
        case .digits: return text.isDigits
        case .yearAndMonth:
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            return parts.count == 2 && parts[0].isDigits && parts[0].utf8.count == 4 && parts[1].isDigits
                && parts[1].utf8.count == 2 && (1...12).contains(Int(parts[1]) ?? 0)
        case .state: return StandardAddress.isStateCode(text)
        case .country:
            return (2...3).contains(text.utf8.count)
                && text.utf8.allSatisfy { ("a"..."z").contains(Character(Unicode.Scalar($0 | 0x20))) }
        case .postalCode:
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            return parts.allSatisfy(\.isDigits)
                && (parts.map(\.utf8.count) == [5] || parts.map(\.utf8.count) == [5, 4])
        case .ipAddress: return isAddress(text)
        case .date, .notNegative, .wholeCents: return true
        }
    }

    private func isAddress(_ text: String) -> Bool { text.contains(":") ? isVersion6(text) : isVersion4(text) }

    private func isVersion4(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { $0.isDigits && $0.utf8.count <= 3 && (0...255).contains(Int($0) ?? -1) }
    }

    /// Eight groups, of which one `::` may stand for some; the last two may be written as version 4.
    private func isVersion6(_ text: String) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var count = 0
        for (place, half) in halves.enumerated() where !half.isEmpty || halves.count == 1 {
            let groups = half.split(separator: ":", omittingEmptySubsequences: false)
            for (number, group) in groups.enumerated() {
                let isLast = place == halves.count - 1 && number == groups.count - 1
                if isLast, group.contains(".") {
                    guard isVersion4(group) else { return false }
                    count += 2
                } else {
                    guard (1...4).contains(group.utf8.count), group.allSatisfy(\.isHexDigit),
                        group.utf8.allSatisfy({ $0 < 0x80 })
                    else { return false }
                    count += 1
                }
            }
        }
        return halves.count == 2 ? count <= 7 : count == 8
    }
}

extension StringProtocol {
    fileprivate var isDigits: Bool { !isEmpty && utf8.allSatisfy { (48...57).contains($0) } }
}
