internal import Sandbox

/// What a text shows to be a secret by its look: nine digits that may be an SSN, 13 to 19 that pass Luhn's check as a card's do, an
/// IBAN, a signed token.
struct SecretShape {
    private let bytes: [UInt8]
    private let end: Int
    /// Whether nine digits in a row are a bank's public number here.
    private let allowsNine: Bool
    private var place: Int
    private(set) var found: [Range<Int>] = []

    /// - Parameter name: what the name before the text says.
    private init(_ bytes: [UInt8], _ range: Range<Int>, _ name: SecretName.Meaning) {
        self.bytes = bytes
        end = range.upperBound
        place = range.lowerBound
        allowsNine = name == .bank
    }

    /// Where secrets stand, in their order.
    static func ranges(in bytes: [UInt8], _ range: Range<Int>, _ name: SecretName.Meaning = .ordinary) -> [Range<Int>] {
        var shape = SecretShape(bytes, range, name)
        shape.look(from: range.lowerBound)
        return shape.found
    }

    /// Whether a text is an identifier in hexadecimal and nothing else, as ours are: no part of it is a secret. Most texts with many
    /// digits are such, and a closer look at them would cost a hundred times as much. What begins as an IBAN may be one: DE89….
    static func isIdentifier(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        guard (20...64).contains(range.count) else { return false }
        var letters = 0
        var isIBAN = true
        for (index, place) in range.enumerated() {
            guard bytes[place].isHexadecimalDigit else { return false }
            if !bytes[place].isDigit { letters += 1 }
            if index < 4, bytes[place].isLetter != (index < 2) { isIBAN = false }
        }
        return letters > 0 && !isIBAN
    }

    private mutating func look(from start: Int) {
        while place < end {
            let isWordStart = place == start || !bytes[place - 1].isAlphanumeric
            if bytes[place].isDigit {
                digits()
            } else if bytes[place] == UInt8(ascii: "e"), let token = token() {
                found.append(token)
                place = token.upperBound
            } else if isWordStart, bytes[place].isLetter, let number = bankAccount() {
                found.append(number)
                place = number.upperBound
            } else {
                place += 1
            }
        }
    }

    // MARK: Digits

    /// Digits in groups, as people write numbers: what follows a group behind a blank, a dash or the like.
    private mutating func digits() {
        var groups: [Range<Int>] = []
        while groups.count < 64 {
            let start = place
            while place < end, bytes[place].isDigit { place += 1 }
            groups.append(start..<place)
            let next = separatorEnd(place)
            guard next > place, next < end, bytes[next].isDigit else { break }
            place = next
        }
        place = groups[groups.count - 1].upperBound
        var index = 0
        while index < groups.count {
            if let count = secretGroups(groups[index...]) {
                found.append(groups[index].lowerBound..<groups[index + count - 1].upperBound)
                index += count
            } else {
                index += 1
            }
        }
    }

    /// How many groups, from the first one, are a secret together.
    private func secretGroups(_ groups: ArraySlice<Range<Int>>) -> Int? {
        let counts = groups.map(\.count)
        switch counts[0] {
        case 9 where !allowsNine && !isHexadecimal(groups[groups.startIndex]): return 1
        case 1:
            // A digit at a time.
            let single = counts.prefix { $0 == 1 }.count
            guard single == 9 || (13...19).contains(single) else { return nil }
            let whole = groups[groups.startIndex].lowerBound..<groups[groups.startIndex + single - 1].upperBound
            return single == 9 || passesLuhn(whole) ? single : nil
        case 3
        where counts.starts(with: [3, 2, 4])
            || counts.starts(with: [3, 3, 3]) && counts.count == 3 && groups.startIndex == 0:
            return 3
        case 2 where counts.starts(with: [2, 7]):
            let dash = groups[groups.startIndex].upperBound
            return bytes[dash] == UInt8(ascii: "-") && groups[groups.startIndex + 1].lowerBound == dash + 1 ? 2 : nil
        case 13...19:
            let group = groups[groups.startIndex]
            return isCard(group) && !isHexadecimal(group) ? 1 : nil
        case 4:
            // A card's number begins with four digits, and goes on with as many, or with six.
            var total = 4
            for (number, count) in counts.enumerated().dropFirst() {
                total += count
                guard total <= 19 else { return nil }
                let whole = groups[groups.startIndex].lowerBound..<groups[groups.startIndex + number].upperBound
                if (13...19).contains(total), counts[1] >= 3, passesLuhn(whole) { return number + 1 }
            }
            return nil
        default: return nil
        }
    }

    /// A moment in milliseconds, from 2001 to 2033, is no card: no issuer's numbers of 13 digits begin with 1.
    private func isCard(_ group: Range<Int>) -> Bool {
        !(group.count == 13 && bytes[group.lowerBound] == UInt8(ascii: "1")) && passesLuhn(group)
    }

    private func passesLuhn(_ range: Range<Int>) -> Bool {
        var sum = 0
        var isDoubled = false
        for place in range.reversed() where bytes[place].isDigit {
            var digit = Int(bytes[place] - UInt8(ascii: "0"))
            if isDoubled { digit = digit > 4 ? digit * 2 - 9 : digit * 2 }
            sum += digit
            isDoubled.toggle()
        }
        return sum % 10 == 0
    }

    /// The place behind what may stand between two groups: up to three of blank, dash, dot and their kin, in ASCII or beyond.
    private func separatorEnd(_ start: Int) -> Int {
        var place = start
        for _ in 0..<3 {
            guard place < end else { return place }
            switch bytes[place] {
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"),
                UInt8(ascii: "+"), 0x09:
                place += 1
            case 0xC2 where place + 1 < end && bytes[place + 1] == 0xA0: place += 2
            // Blanks and dashes of U+2000 to U+2015, U+202F, U+2212.
            case 0xE2 where place + 2 < end && isWideSeparator(bytes[place + 1], bytes[place + 2]): place += 3
            default: return place
            }
        }
        return place
    }

    private func isWideSeparator(_ second: UInt8, _ third: UInt8) -> Bool {
        second == 0x80 && ((0x80...0x95).contains(third) || third == 0xAF) || second == 0x88 && third == 0x92
    }

    /// Whether digits are part of a hexadecimal identifier: one of ours (24), a digest, the last part of a UUID.
    private func isHexadecimal(_ group: Range<Int>) -> Bool {
        var (start, stop) = (group.lowerBound, group.upperBound)
        while start > 0, bytes[start - 1].isHexadecimalDigit { start -= 1 }
        while stop < bytes.count, bytes[stop].isHexadecimalDigit { stop += 1 }
        guard start < group.lowerBound || stop > group.upperBound else { return false }
        if start > 0, bytes[start - 1].isAlphanumeric || stop < bytes.count && bytes[stop].isAlphanumeric {
            return false
        }
        if stop - start >= 20 { return true }
        guard stop - start == 12, start >= 24 else { return false }
        return [5, 10, 15, 20].allSatisfy { bytes[start - $0 + 4] == UInt8(ascii: "-") }
    }

    // MARK: Letters

    /// A JSON Web Token or what looks like one: three words of base64, of which the first is an object's. An id that we sign so
    /// ourselves is public.
    private func token() -> Range<Int>? {
        guard place + 20 < end, bytes[place + 1] == UInt8(ascii: "y"), bytes[place + 2] == UInt8(ascii: "J"),
            place == 0 || !bytes[place - 1].isAlphanumeric
        else { return nil }
        var dots: [Int] = []
        var stop = place
        while stop < end, bytes[stop].isBase64URL || bytes[stop] == UInt8(ascii: ".") && dots.count < 2 {
            if bytes[stop] == UInt8(ascii: ".") { dots.append(stop) }
            stop += 1
        }
        guard dots.count == 2, dots[1] > dots[0] + 1, !isPublicId(dots[0] + 1..<dots[1]) else { return nil }
        return place..<stop
    }

    /// `{"userId":"…","lease":1}` and `{"questions":1}`: lease ids, and those of questions.
    private func isPublicId(_ payload: Range<Int>) -> Bool {
        guard payload.count < 128, let claims = Base64URL.decode(bytes[payload]) else { return false }
        let text = String(decoding: claims, as: UTF8.self)
        func isNumber(_ rest: Substring) -> Bool {
            rest.last == "}" && rest.utf8.count < 20 && rest.utf8.dropLast().allSatisfy(\.isDigit)
        }
        if text.hasPrefix(#"{"questions":"#) { return isNumber(text.dropFirst(#"{"questions":"#.count)) }
        guard text.hasPrefix(#"{"userId":""#), let lease = text.firstRange(of: #"","lease":"#) else { return false }
        let user = text[..<lease.lowerBound].dropFirst(#"{"userId":""#.count)
        return user.utf8.count == 24 && user.utf8.allSatisfy(\.isHexadecimalDigit)
            && isNumber(text[lease.upperBound...])
    }

    /// An IBAN (ISO 13616), also in groups.
    private func bankAccount() -> Range<Int>? {
        guard place + 15 <= end, bytes[place + 1].isLetter else { return nil }
        var digits: [Int] = []
        /// Where it may end: behind a group.
        var ends: [(count: Int, place: Int)] = []
        var reached = place
        while reached < end, digits.count < 34 {
            if bytes[reached].isAlphanumeric {
                digits.append(bytes[reached].base36)
                reached += 1
                if digits.count == 4, digits[2] > 9 || digits[3] > 9 { return nil }
            } else {
                ends.append((digits.count, reached))
                let next = separatorEnd(reached)
                guard next == reached + 1, digits.count % 4 == 0, next < end, bytes[next].isAlphanumeric else { break }
                reached = next
            }
        }
        if reached == end || !bytes[reached].isAlphanumeric { ends.append((digits.count, reached)) }
        for candidate in ends.reversed() where candidate.count >= 15 {
            let rearranged = digits[4..<candidate.count] + digits[..<4]
            if rearranged.reduce(0, { ($0 * ($1 > 9 ? 100 : 10) + $1) % 97 }) == 1 { return place..<candidate.place }
        }
        return nil
    }
}

extension UInt8 {
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    var isLetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }
    var isAlphanumeric: Bool { isDigit || isLetter }
    var isHexadecimalDigit: Bool { isDigit || (self | 0x20) &- UInt8(ascii: "a") < 6 }
    var isBase64URL: Bool { isAlphanumeric || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") }
    /// Of a digit or letter.
    fileprivate var base36: Int {
        isDigit ? Int(self - UInt8(ascii: "0")) : Int((self | 0x20) - UInt8(ascii: "a")) + 10
    }
}
