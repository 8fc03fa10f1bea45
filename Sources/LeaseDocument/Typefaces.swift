/// Where a machine may have TrueType fonts, for the letters that PDF's standard fonts lack. The first one that has all of a word's
/// letters prints it.
enum Typefaces {
    /// Debian's places, with the package of each; then those of Fedora, Arch and macOS.
    static let paths = [
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",  // fonts-dejavu-core: Latin, Greek, Cyrillic, Hebrew, Arabic
        // fonts-droid-fallback: Chinese, Japanese and Korean. Where the first is not there the second, without Korean, is tried; libharu
        // takes only one of a name.
        "/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf",
        "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
        "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",  // fonts-wqy-microhei
        "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",  // fonts-wqy-zenhei
        "/usr/share/fonts/truetype/arphic/uming.ttc",  // fonts-arphic-uming
        "/usr/share/fonts/truetype/fonts-japanese-gothic.ttf",  // what the machine takes for Japanese
        "/usr/share/fonts/truetype/nanum/NanumGothic.ttf",  // fonts-nanum: Korean
        "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",  // fonts-noto-core, and its scripts
        "/usr/share/fonts/truetype/noto/NotoSansHebrew-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf",
        "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",  // fonts-liberation
        "/usr/share/fonts/truetype/freefont/FreeSans.ttf",  // fonts-freefont-ttf
        "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
        "/usr/share/fonts/TTF/DejaVuSans.ttf",
        "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    ]

    /// What to install where letters are missing.
    static let packages = "fonts-dejavu-core and fonts-droid-fallback"

    /// No font on the list has half as much; what is larger is left alone.
    static let mostBytes = 40 << 20
}

extension Unicode.Scalar {
    /// Its byte in WinAnsiEncoding, which PDF's standard fonts are printed in (ISO 32000, annex D.2); `nil` where it has none.
    var winAnsi: UInt8? {
        switch value {
        case 0x20...0x7E, 0xA0...0xFF: UInt8(value)
        default: Self.winAnsiExtras[self]
        }
    }

    private static let winAnsiExtras: [Unicode.Scalar: UInt8] = [
        "€": 0x80, "‚": 0x82, "ƒ": 0x83, "„": 0x84, "…": 0x85, "†": 0x86, "‡": 0x87, "ˆ": 0x88, "‰": 0x89, "Š": 0x8A,
        "‹": 0x8B, "Œ": 0x8C, "Ž": 0x8E, "‘": 0x91, "’": 0x92, "“": 0x93, "”": 0x94, "•": 0x95, "–": 0x96, "—": 0x97,
        "˜": 0x98, "™": 0x99, "š": 0x9A, "›": 0x9B, "œ": 0x9C, "ž": 0x9E, "Ÿ": 0x9F,
    ]

    /// `U+0141`.
    var codePoint: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)"
    }
}
