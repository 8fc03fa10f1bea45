internal import CHaru
internal import Glibc
internal import Medusa

extension LeaseDocument {
    /// libharu's word for what went wrong.
    package struct PDFError: Error, CustomStringConvertible {
        package let code: UInt
        package var description: String { "libharu \(code)" }
    }

    /// The same terms on paper: a PDF of letter size.
    ///
    /// - Parameter fonts: the files that may be opened for letters that the standard fonts lack; the machine's own when `nil`.
    package func pdf(fonts: [String]? = nil) throws(PDFError) -> [UInt8] {
        let paper = try Paper(fonts: fonts ?? Typefaces.paths)
        try paper.write(Self.title, .heading)
        try paper.write("SANDBOX DOCUMENT. \(Self.notice)", .bold)
        try paper.write("Lessor: FlexShopper (simulated)")
        try paper.write("Lessee: \(customerName), \(email)")
        try paper.write("Date: \(date). Transaction: \(transaction.reference).")
        try paper.write("Leased goods", .subheading)
        for row in itemRows {
            try paper.write("\(row[4]) x \(row[0]) (\(row[1]), SKU \(row[2])), \(row[3]) each")
        }
        try paper.write("Prices", .subheading)
        for price in prices { try paper.write("\(price.name): \(price.value)") }
        try paper.write("Schedule", .subheading)
        try paper.write(schedule)
        try paper.write("Signature", .subheading)
        try paper.write("\(signature) Lease: \(leaseId)")
        if let missing = paper.missing { try paper.write(missing, .bold) }
        return try paper.bytes()
    }
}

/// A PDF being written from top to bottom, with a new page whenever one is full. Lengths are points.
@safe private final class Paper {
    enum Style { case heading, subheading, bold, body }

    private static let width: Float = 612
    private static let height: Float = 792
    private static let margin: Float = 54
    /// How many missing characters are named; the rest are counted.
    private static let mostNamed = 24

    private let document: HPDF_Doc
    private let plain = Face("Helvetica", .winAnsi)
    private let bold = Face("Helvetica-Bold", .winAnsi)
    private var page: HPDF_Page
    private var y: Float = 0
    /// Those of the machine that were opened; only those that print something become a part of the PDF.
    private var faces: [Face] = []
    /// Font files that nothing has needed yet.
    private var unopened: ArraySlice<String>
    /// What no font has, in the order of the text.
    private var withoutGlyph: [Unicode.Scalar] = []
    private var isKnownWithoutGlyph: Set<Unicode.Scalar> = []

    /// A font, and how it is told what to print.
    @safe final class Face {
        @safe enum Encoding {
            case winAnsi
            /// With the definition that knows the glyphs.
            case utf8(HPDF_FontDef)
        }

        let name: String
        let encoding: Encoding
        private var made: HPDF_Font?

        init(_ name: String, _ encoding: Encoding) {
            self.name = name
            self.encoding = encoding
        }

        /// Asked for when something is printed: from then on the PDF holds it.
        func font(in document: HPDF_Doc) -> HPDF_Font? {
            if let made = unsafe made { return unsafe made }
            let encoding =
                switch encoding {
                case .winAnsi: "WinAnsiEncoding"
                case .utf8: "UTF-8"
                }
            unsafe made = HPDF_GetFont(document, name, encoding)
            return unsafe made
        }

        func has(_ scalar: Unicode.Scalar) -> Bool {
            switch encoding {
            case .winAnsi: scalar.winAnsi != nil
            // libharu's UTF-8 ends at U+FFFF, and a control character is no letter even where a font draws it.
            case .utf8(let definition):
                scalar.value >= 0x20 && scalar.value <= 0xFFFF
                    && (unsafe HPDF_TTFontDef_GetGlyphid(definition, UInt16(scalar.value))) != 0
            }
        }

        /// In thousandths of the font's size.
        func width(of scalar: Unicode.Scalar, in document: HPDF_Doc) -> Float {
            let code = UInt16(clamping: scalar.value)
            switch encoding {
            case .winAnsi:
                return unsafe font(in: document).map { Float(unsafe HPDF_Font_GetUnicodeWidth($0, code)) } ?? 0
            case .utf8(let definition): return Float(max(0, unsafe HPDF_TTFontDef_GetCharWidth(definition, code)))
            }
        }

        func bytes(_ scalars: [Unicode.Scalar]) -> [CChar] {
            let bytes: [UInt8] =
                switch encoding {
                case .winAnsi: scalars.map { $0.winAnsi ?? UInt8(ascii: "?") }
                case .utf8: scalars.flatMap { Array(UTF8.encode($0) ?? UTF8.encodedReplacementCharacter) }
                }
            return bytes.map { CChar(bitPattern: $0) } + [0]
        }
    }

    private struct Letter {
        let scalar: Unicode.Scalar
        let face: Face
        let width: Float
    }

    init(fonts: [String]) throws(LeaseDocument.PDFError) {
        // Without an error handler libharu keeps the code, and `failure` asks for it.
        guard let made = unsafe HPDF_New(nil, nil) else { throw LeaseDocument.PDFError(code: 0) }
        guard let first = unsafe HPDF_AddPage(made), unsafe HPDF_UseUTFEncodings(made) == 0 else {
            let code = unsafe HPDF_GetError(made)
            unsafe HPDF_Free(made)
            throw LeaseDocument.PDFError(code: code)
        }
        unsafe document = made
        unsafe page = first
        unopened = fonts[...]
        unsafe HPDF_SetCompressionMode(document, UInt32(HPDF_COMP_ALL))
        unsafe turnPage(to: first)
    }

    deinit { unsafe HPDF_Free(document) }

    private func turnPage(to next: HPDF_Page) {
        unsafe page = next
        unsafe HPDF_Page_SetWidth(page, Self.width)
        unsafe HPDF_Page_SetHeight(page, Self.height)
        y = Self.height - Self.margin
    }

    // MARK: Writing

    /// Writes a paragraph, broken at spaces and, where a word is wider than the page, inside it.
    func write(_ text: String, _ style: Style = .body) throws(LeaseDocument.PDFError) {
        let (size, before): (Float, Float) =
            switch style {
            case .heading: (18, 0)
            case .subheading: (13, 10)
            case .bold, .body: (10.5, 3)
            }
        let standard = style == .body ? plain : bold
        // In thousandths of the size, as the fonts have it.
        let room = (Self.width - 2 * Self.margin) / size * 1000
        y -= before
        var line: [Letter] = []
        var taken: Float = 0
        func endLine() throws(LeaseDocument.PDFError) {
            try print(line, size)
            line.removeAll(keepingCapacity: true)
            taken = 0
        }
        for word in text.canonicallyComposed.unicodeScalars.split(
            omittingEmptySubsequences: false, whereSeparator: \.isBlank)
        {
            let letters = set(word, in: standard)
            let space = letter(" ", in: line.last.map(\.face) ?? standard, or: standard)
            if !line.isEmpty, taken + space.width + letters.reduce(0, { $0 + $1.width }) > room { try endLine() }
            if !line.isEmpty {
                line.append(space)
                taken += space.width
            }
            for letter in letters {
                if !line.isEmpty, taken + letter.width > room { try endLine() }
                line.append(letter)
                taken += letter.width
            }
        }
        if !line.isEmpty { try endLine() }
    }

    /// One line, with a font for each run of letters.
    private func print(_ line: [Letter], _ size: Float) throws(LeaseDocument.PDFError) {
        if y - size < Self.margin {
            guard let next = unsafe HPDF_AddPage(document) else { throw failure }
            unsafe turnPage(to: next)
        }
        unsafe HPDF_Page_BeginText(page)
        unsafe HPDF_Page_MoveTextPos(page, Self.margin, y - size)
        var rest = Self.inVisualOrder(line)[...]
        while let face = rest.first?.face {
            let run = rest.prefix { $0.face === face }
            rest = rest.dropFirst(run.count)
            // libharu leaves out what has no width; a mark that stands on nothing is shown on a no-break space.
            let stand: [Unicode.Scalar] = run.allSatisfy { $0.width == 0 } ? ["\u{A0}"] : []
            guard let font = unsafe face.font(in: document) else { throw failure }
            unsafe HPDF_Page_SetFontAndSize(page, font, size)
            unsafe HPDF_Page_ShowText(page, face.bytes(stand + run.map(\.scalar)))
        }
        unsafe HPDF_Page_EndText(page)
        guard unsafe HPDF_GetError(document) == 0 else { throw failure }
        y -= size * 1.35
    }

    /// Words of Hebrew and Arabic from right to left, in a line that goes from left to right; marks stay behind their letters.
    private static func inVisualOrder(_ line: [Letter]) -> [Letter] {
        guard line.contains(where: \.scalar.isRightToLeft) else { return line }
        var ordered: [Letter] = []
        var turned: [[Letter]] = []
        // What is neither, behind letters from right to left: it is turned only if more of those follow.
        var pending: [Letter] = []
        func settle() {
            ordered += turned.reversed().joined()
            ordered += pending
            (turned, pending) = ([], [])
        }
        for letter in line {
            if letter.scalar.isRightToLeft, letter.scalar.properties.canonicalCombiningClass == .notReordered {
                turned += pending.map { [$0] } + [[letter]]
                pending = []
            } else if letter.scalar.properties.canonicalCombiningClass != .notReordered, pending.isEmpty,
                !turned.isEmpty
            {
                turned[turned.count - 1].append(letter)
            } else if !turned.isEmpty, letter.scalar.properties.numericType == .decimal {
                // A number among them keeps its own order.
                if pending.isEmpty, turned.last?.last?.scalar.properties.numericType == .decimal {
                    turned[turned.count - 1].append(letter)
                } else {
                    turned += pending.map { [$0] } + [[letter]]
                    pending = []
                }
            } else if !turned.isEmpty, letter.scalar == " " || letter.scalar == "-" || letter.scalar == "'" {
                pending.append(letter)
            } else {
                settle()
                ordered.append(letter)
            }
        }
        settle()
        return ordered
    }

    // MARK: Choosing fonts

    /// A word in one font if one has all of it, else each letter in the first that has it.
    private func set(_ word: Substring.UnicodeScalarView, in standard: Face) -> [Letter] {
        let visible = word.filter { !$0.properties.isDefaultIgnorableCodePoint }
        if let face = face(among: standard, where: { face in visible.allSatisfy(face.has) }) {
            return visible.map { letter($0, in: face, or: standard) }
        }
        return visible.map { scalar in
            guard let face = face(among: standard, where: { $0.has(scalar) }) else {
                if isKnownWithoutGlyph.insert(scalar).inserted { withoutGlyph.append(scalar) }
                return letter("?", in: standard, or: standard)
            }
            return letter(scalar, in: face, or: standard)
        }
    }

    private func letter(_ scalar: Unicode.Scalar, in face: Face, or standard: Face) -> Letter {
        let face = face.has(scalar) ? face : standard
        return Letter(scalar: scalar, face: face, width: unsafe face.width(of: scalar, in: document))
    }

    /// The standard font, one that is open, or the next file that can be opened.
    private func face(among standard: Face, where isRight: (Face) -> Bool) -> Face? {
        if isRight(standard) { return standard }
        if let face = faces.first(where: isRight) { return face }
        while let path = unopened.popFirst() {
            guard let face = open(path) else { continue }
            faces.append(face)
            if isRight(face) { return face }
        }
        return nil
    }

    /// - Returns: `nil` where there is no such file, or none that libharu can embed; the document goes on without it.
    private func open(_ path: String) -> Face? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= Typefaces.mostBytes
        else { return nil }
        let name =
            unsafe path.hasSuffix(".ttc")
            ? HPDF_LoadTTFontFromFile2(document, path, 0, HPDF_BOOL(HPDF_TRUE))
            : HPDF_LoadTTFontFromFile(document, path, HPDF_BOOL(HPDF_TRUE))
        guard let name = unsafe name, let definition = unsafe HPDF_Doc_FindFontDef(document, name) else {
            unsafe HPDF_ResetError(document)
            return nil
        }
        return unsafe Face(String(cString: name), .utf8(definition))
    }

    /// What could not be printed, in one sentence; `nil` where everything was.
    var missing: String? {
        guard !withoutGlyph.isEmpty else { return nil }
        let named = withoutGlyph.prefix(Self.mostNamed).map(\.codePoint).joined(separator: ", ")
        let more = withoutGlyph.count > Self.mostNamed ? " and \(withoutGlyph.count - Self.mostNamed) more" : ""
        let cause =
            faces.isEmpty ? "this machine has no TrueType font that was looked for" : "no font of this machine has them"
        return """
            These characters stand as ? in this document, because \(cause): \(named)\(more). The HTML contract (without \
            asPdf) has them all; the Debian packages \(Typefaces.packages) bring most to the PDF.
            """
    }

    // MARK: Reading

    private var failure: LeaseDocument.PDFError { LeaseDocument.PDFError(code: unsafe HPDF_GetError(document)) }

    func bytes() throws(LeaseDocument.PDFError) -> [UInt8] {
        guard unsafe HPDF_SaveToStream(document) == 0 else { throw failure }
        var count = unsafe HPDF_GetStreamSize(document)
        var bytes = [UInt8](repeating: 0, count: Int(count))
        unsafe HPDF_ReadFromStream(document, &bytes, &count)
        return Array(bytes.prefix(Int(count)))
    }
}

extension Unicode.Scalar {
    /// Where a line may be broken. A no-break space is none.
    fileprivate var isBlank: Bool { self == " " || self == "\t" || self == "\n" || self == "\r" }

    /// The letters of Hebrew, Arabic, Syriac, Thaana and NKo, and the forms in which Arabic's are joined.
    fileprivate var isRightToLeft: Bool {
        switch value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFE: properties.numericType == nil
        default: false
        }
    }
}
