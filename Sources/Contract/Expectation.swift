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
        case .notNegative, .wholeCents, .digits: nil
        }
    }

    func isMet(by given: Given) -> Bool {
        switch self {
        case .notNegative: return given.decimal.map { $0 >= .zero } ?? true
        case .wholeCents: return given.decimal.map { $0.isExact(places: 2) } ?? true
        case .date: return given.string == nil || given.date != nil
        case .digits, .yearAndMonth, .state, .country, .postalCode: break
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
        case .date, .notNegative, .wholeCents: return true
        }
    }
}

extension StringProtocol {
    fileprivate var isDigits: Bool { !isEmpty && utf8.allSatisfy { (48...57).contains($0) } }
}
