internal import Medusa

/// Joi's `string().email()` in full, as `@hapi/address` has it, but that any top level domain of the right form is one: Joi looks it up in
/// IANA's list, in which the domains of tests (`.test`, `.local`) are not.
///
/// One `@`. Before it, atoms of RFC 5322 between single dots, at most 64 bytes; other letters than ASCII's are let through. Behind it, two
/// labels or more between single dots, each of 1 to 63 letters, digits and hyphens that neither begin nor end it, the last one beginning
/// with a letter. At most 254 units of UTF-16 in all.
package enum EmailAddress {
    package static func isValid(_ text: String) -> Bool {
        // Composing takes time; nothing so long becomes short enough by it.
        guard text.utf8.count <= 4096 else { return false }
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return isValid(ascii: text.utf8) }
        let text = text.canonicallyComposed
        let sides = text.split(separator: "@", omittingEmptySubsequences: false)
        guard sides.count == 2, !sides[0].isEmpty, text.utf16.count <= 254, sides[0].utf8.count <= 64 else {
            return false
        }
        return isLocalPart(sides[0]) && isDomain(sides[1])
    }

    /// The same for what most are: nothing beyond ASCII, in which every unit is a byte.
    private static func isValid(ascii text: String.UTF8View) -> Bool {
        let sides = text.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard sides.count == 2, text.count <= 254, sides[0].count <= 64 else { return false }
        let dot = UInt8(ascii: ".")
        let atoms = sides[0].split(separator: dot, omittingEmptySubsequences: false)
        guard atoms.allSatisfy({ !$0.isEmpty && $0.allSatisfy { isAtomText(Unicode.Scalar($0)) } }) else {
            return false
        }
        let labels = sides[1].split(separator: dot, omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.last?.first.map({ isLetter($0) }) == true else { return false }
        let hyphen = UInt8(ascii: "-")
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                && label.allSatisfy { $0 == hyphen || isAlphanumeric(Unicode.Scalar($0)) }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isLocalPart(_ text: Substring) -> Bool {
        text.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { !$0.isASCII || isAtomText($0) }
        }
    }

    private static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "!", "#", "$", "%", "&", "'", "*", "+", "-", "/", "=", "?", "^", "_", "`", "{", "|", "}", "~": true
        default: isAlphanumeric(scalar)
        }
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.unicodeScalars.map { isFullStop($0) ? "." : $0 }
            .split(separator: ".", omittingEmptySubsequences: false).map { encoded(Array($0)) }
        guard labels.count >= 2, let top = labels.last??.first, top.properties.isAlphabetic else { return false }
        return labels.allSatisfy { label in
            guard let label, (1...63).contains(label.count) else { return false }
            return label.first != "-" && label.last != "-" && label.allSatisfy { $0 == "-" || isAlphanumeric($0) }
        }
    }

    /// The dots of other scripts, which a URL's domain has as well.
    private static func isFullStop(_ scalar: Unicode.Scalar) -> Bool {
        "\u{3002}\u{FF0E}\u{FF61}".unicodeScalars.contains(scalar)
    }

    /// A label as DNS has it: `xn--` and Punycode for other letters than ASCII's, as `new URL` encodes them; `nil` for what cannot be one.
    private static func encoded(_ label: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        guard label.contains(where: { !$0.isASCII }) else { return label }
        let mapped = Array(halfWidth(label).lowercased().canonicallyComposed.unicodeScalars)
        guard let first = mapped.first, !isMark(first), mapped.allSatisfy(isIdentifier) else { return nil }
        guard mapped.contains(where: { !$0.isASCII }) else { return mapped }
        return Array("xn--".unicodeScalars) + Punycode.encode(mapped)
    }

    /// UTS 46 maps the letters of full width to those of ASCII.
    private static func halfWidth(_ label: [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        for scalar in label {
            let isWide = (0xFF01...0xFF5E).contains(scalar.value)
            text.append(isWide ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar)
        }
        return String(text)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    /// Nearly what UTS 46 allows in a label.
    private static func isIdentifier(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .mathSymbol, .currencySymbol,
            .modifierSymbol, .otherSymbol, .dashPunctuation, .connectorPunctuation, .otherPunctuation, .openPunctuation,
            .closePunctuation, .initialPunctuation, .finalPunctuation:
            !scalar.isASCII || scalar == "-" || isAlphanumeric(scalar)
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .surrogate, .privateUse,
            .unassigned:
            false
        @unknown default: false
        }
    }
}

/// RFC 3492.
private enum Punycode {
    private static let (base, lowest, highest, skew, damp) = (36, 1, 26, 38, 700)

    /// - Parameter label: at most 254 characters, so that no sum below can be large.
    static func encode(_ label: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let basic = label.filter(\.isASCII)
        var encoded = basic.isEmpty ? [] : basic + ["-"]
        var (code, delta, bias, handled) = (128, 0, 72, basic.count)
        while handled < label.count {
            guard let next = label.lazy.map({ Int($0.value) }).filter({ $0 >= code }).min() else { break }
            delta += (next - code) * (handled + 1)
            code = next
            for scalar in label {
                if scalar.value < code { delta += 1 }
                guard scalar.value == code else { continue }
                append(delta, bias, to: &encoded)
                bias = adapted(delta, count: handled + 1, isFirst: handled == basic.count)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        return encoded
    }

    private static func append(_ delta: Int, _ bias: Int, to encoded: inout [Unicode.Scalar]) {
        var rest = delta
        var place = base
        while true {
            let threshold = min(max(place - bias, lowest), highest)
            guard rest >= threshold else { break }
            encoded.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            place += base
        }
        encoded.append(digit(rest))
    }

    private static func digit(_ value: Int) -> Unicode.Scalar {
        Unicode.Scalar(UInt8(clamping: value < 26 ? value + 97 : value + 22))
    }

    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var place = 0
        while delta > (base - lowest) * highest / 2 {
            delta /= base - lowest
            place += base
        }
        return place + (base - lowest + 1) * delta / (delta + skew)
    }
}
