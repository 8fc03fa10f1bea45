/// Text in the forms of Unicode's annex 15 (normalization) and of section 3.13 (caseless matching).
extension String {
    /// Normalization form C: the same text as bytes, however its accents were typed.
    package var canonicallyComposed: String {
        isASCIIOnly ? self : CanonicalForm.string(CanonicalForm.composed(CanonicalForm.decomposed(unicodeScalars)))
    }

    /// The same for all texts that differ in nothing but case, or in how their accents were typed.
    package var canonicallyFolded: String {
        if isASCIIOnly { return lowercased() }
        let folded = CanonicalForm.decomposed(unicodeScalars).flatMap(\.folded)
        return CanonicalForm.string(CanonicalForm.composed(CanonicalForm.decomposed(folded)))
    }

    /// Without the accents: `Cañon` becomes `Canon`.
    package var withoutMarks: String {
        isASCIIOnly
            ? self
            : CanonicalForm.string(
                CanonicalForm.decomposed(unicodeScalars).filter {
                    $0.properties.canonicalCombiningClass == .notReordered
                })
    }

    var isASCIIOnly: Bool { utf8.allSatisfy { $0 < 0x80 } }
}

extension Unicode.Scalar {
    /// Unicode's full case folding. To upper case and back joins what has one upper case, such as ß and SS, or the two forms of σ; of
    /// what folding keeps apart it joins only the i without a dot.
    fileprivate var folded: [Unicode.Scalar] {
        guard value != 0x131 else { return [self] }
        return properties.uppercaseMapping.unicodeScalars.flatMap { $0.properties.lowercaseMapping.unicodeScalars }
    }
}

private enum CanonicalForm {
    static func string(_ scalars: [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    /// Form D: everything taken apart, and marks of different classes in their canonical order.
    static func decomposed(_ scalars: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
        var apart: [Unicode.Scalar] = []
        for scalar in scalars { takeApart(scalar, into: &apart) }
        var ordered: [Unicode.Scalar] = []
        var marks: [Unicode.Scalar] = []
        func settle() {
            // Sorting is not promised to be stable, so the place decides between marks of one class.
            ordered += marks.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
                .map(\.element)
            marks = []
        }
        for scalar in apart {
            if scalar.order > 0 {
                marks.append(scalar)
            } else {
                settle()
                ordered.append(scalar)
            }
        }
        settle()
        return ordered
    }

    private static func takeApart(_ scalar: Unicode.Scalar, into apart: inout [Unicode.Scalar]) {
        if let syllable = Hangul.parts(of: scalar) {
            apart += syllable
            return
        }
        guard let parts = tables.parts[scalar] else { return apart.append(scalar) }
        for part in parts { takeApart(part, into: &apart) }
    }

    /// Form C of what is in form D.
    static func composed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var composed: [Unicode.Scalar] = []
        var starter: Int?
        for scalar in scalars {
            if let starter {
                // A mark is blocked by another one of its class, and by whatever begins anew.
                let last = composed.count == starter + 1 ? nil : composed.last?.order
                let isReachable = last.map { $0 != 0 && $0 < scalar.order } ?? true
                if isReachable, let whole = whole(composed[starter], scalar) {
                    composed[starter] = whole
                    continue
                }
            }
            if scalar.order == 0 { starter = composed.count }
            composed.append(scalar)
        }
        return composed
    }

    private static func whole(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Unicode.Scalar? {
        Hangul.whole(left, right) ?? tables.wholes[[left, right]]
    }

    private struct Tables {
        var parts: [Unicode.Scalar: [Unicode.Scalar]] = [:]
        var wholes: [[Unicode.Scalar]: Unicode.Scalar] = [:]
    }

    private static let tables: Tables = {
        var tables = Tables()
        for row in CanonicalMappings.text.split(whereSeparator: \.isWhitespace) {
            let sides = row.split(separator: "=").map { side in
                side.split(separator: "+").compactMap { UInt32($0.filter { $0 != "!" }, radix: 16) }
                    .compactMap(Unicode.Scalar.init)
            }
            guard let whole = sides.first?.first, let parts = sides.last else { continue }
            tables.parts[whole] = parts
            if parts.count == 2, row.first != "!" { tables.wholes[parts] = whole }
        }
        return tables
    }()
}

/// Section 3.12: the syllables of Hangul, made of a leading consonant, a vowel and perhaps a trailing consonant.
private enum Hangul {
    private static let (syllable, leading, vowel, trailing) = (0xAC00, 0x1100, 0x1161, 0x11A7)
    private static let (leadings, vowels, trailings) = (19, 21, 28)

    static func parts(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        let place = Int(scalar.value) - syllable
        guard (0..<leadings * vowels * trailings).contains(place) else { return nil }
        let codes = [
            leading + place / (vowels * trailings), vowel + place / trailings % vowels, trailing + place % trailings,
        ]
        return codes.filter { $0 != trailing }.compactMap { Unicode.Scalar(UInt32(clamping: $0)) }
    }

    static func whole(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Unicode.Scalar? {
        let (first, second) = (Int(left.value), Int(right.value))
        if (leading..<leading + leadings).contains(first), (vowel..<vowel + vowels).contains(second) {
            let place = (first - leading) * vowels + second - vowel
            return Unicode.Scalar(UInt32(clamping: syllable + place * trailings))
        }
        let place = first - syllable
        guard (0..<leadings * vowels * trailings).contains(place), place % trailings == 0,
            (trailing + 1..<trailing + trailings).contains(second)
        else { return nil }
        return Unicode.Scalar(UInt32(clamping: first + second - trailing))
    }
}

extension Unicode.Scalar {
    /// The canonical combining class; 0 for what begins anew.
    fileprivate var order: UInt8 { properties.canonicalCombiningClass.rawValue }
}
