internal import CHaru
internal import Medusa

extension LeaseDocument {
    /// libharu's word for what went wrong.
    package struct PDFError: Error, CustomStringConvertible {
        package let code: UInt
        package var description: String { "libharu \(code)" }
    }

    /// The same terms on paper: a PDF of letter size.
    package func pdf() throws(PDFError) -> [UInt8] {
        let paper = try Paper()
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
        return try paper.bytes()
    }
}

/// A PDF being written from top to bottom, with a new page whenever one is full. Lengths are points.
@safe private final class Paper {
    enum Style { case heading, subheading, bold, body }

    private static let width: Float = 612
    private static let height: Float = 792
    private static let margin: Float = 54

    private let document: HPDF_Doc
    private let plain: HPDF_Font
    private let bold: HPDF_Font
    private var page: HPDF_Page
    private var y: Float = 0

    init() throws(LeaseDocument.PDFError) {
        // Without an error handler libharu keeps the code, and `check` asks for it.
        guard let made = unsafe HPDF_New(nil, nil) else { throw LeaseDocument.PDFError(code: 0) }
        guard let plain = unsafe HPDF_GetFont(made, "Helvetica", "WinAnsiEncoding"),
            let bold = unsafe HPDF_GetFont(made, "Helvetica-Bold", "WinAnsiEncoding"),
            let first = unsafe HPDF_AddPage(made)
        else {
            let code = unsafe HPDF_GetError(made)
            unsafe HPDF_Free(made)
            throw LeaseDocument.PDFError(code: code)
        }
        unsafe document = made
        unsafe self.plain = plain
        unsafe self.bold = bold
        unsafe page = first
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

    /// Writes a paragraph, broken at spaces and, where a word is wider than the page, inside it.
    func write(_ text: String, _ style: Style = .body) throws(LeaseDocument.PDFError) {
        let (size, before): (Float, Float) =
            switch style {
            case .heading: (18, 0)
            case .subheading: (13, 10)
            case .bold, .body: (10.5, 3)
            }
        let font = unsafe style == .body ? plain : bold
        y -= before
        var rest = windows1252(text)
        while rest.count > 1 {
            if y - size < Self.margin {
                guard let next = unsafe HPDF_AddPage(document) else { throw failure }
                unsafe turnPage(to: next)
            }
            unsafe HPDF_Page_SetFontAndSize(page, font, size)
            var taken = Int(unsafe HPDF_Page_MeasureText(page, rest, Self.width - 2 * Self.margin, 1, nil))
            if taken == 0 {
                taken = max(1, Int(unsafe HPDF_Page_MeasureText(page, rest, Self.width - 2 * Self.margin, 0, nil)))
            }
            unsafe HPDF_Page_BeginText(page)
            unsafe HPDF_Page_TextOut(page, Self.margin, y - size, Array(rest.prefix(taken)) + [0])
            unsafe HPDF_Page_EndText(page)
            guard unsafe HPDF_GetError(document) == 0 else { throw failure }
            y -= size * 1.35
            rest.removeFirst(taken)
            if let word = rest.firstIndex(where: { $0 != CChar(UInt8(ascii: " ")) }) { rest.removeFirst(word) }
        }
    }

    private var failure: LeaseDocument.PDFError { LeaseDocument.PDFError(code: unsafe HPDF_GetError(document)) }

    func bytes() throws(LeaseDocument.PDFError) -> [UInt8] {
        guard unsafe HPDF_SaveToStream(document) == 0 else { throw failure }
        var count = unsafe HPDF_GetStreamSize(document)
        var bytes = [UInt8](repeating: 0, count: Int(count))
        unsafe HPDF_ReadFromStream(document, &bytes, &count)
        return Array(bytes.prefix(Int(count)))
    }
}

/// The text in the encoding of PDF's standard fonts, closed by a zero. What the encoding lacks becomes `?`.
private func windows1252(_ text: String) -> [CChar] {
    text.unicodeScalars.map { scalar in
        switch scalar.value {
        case 0x20...0x7E: CChar(scalar.value)
        case 0xA0...0xFF: CChar(bitPattern: UInt8(scalar.value))
        case 0x2013, 0x2014: CChar(UInt8(ascii: "-"))
        case 0x2018, 0x2019: CChar(UInt8(ascii: "'"))
        case 0x201C, 0x201D: CChar(UInt8(ascii: "\""))
        default: CChar(UInt8(ascii: "?"))
        }
    } + [0]
}
