internal import FoundationEssentials
internal import Sandbox

/// Where the reports of several sandboxes go: `report.KEY.html`. No two keys share a file, whatever their characters are, also where a
/// file system takes capitals for small letters.
struct ReportFiles {
    /// In the order of the keys.
    let paths: [String]

    /// In bytes; a file's name can have 255.
    private static let longestName = 64

    init(_ file: String, keys: [String]) {
        let ending = file.split(separator: ".").last ?? ""
        var counts: [String: Int] = [:]
        for key in keys { counts[Self.name(key).lowercased(), default: 0] += 1 }
        paths = keys.map { key in
            let name = Self.name(key)
            let isShared = counts[name.lowercased(), default: 0] > 1
            return "\(file.dropLast(ending.count))\(isShared ? "\(name)=-\(Self.mark(key))" : name).\(ending)"
        }
    }

    /// Letters, digits, dashes and underscores stand for themselves; any other byte is `=` and its number, so that the name can be
    /// read back. One that is too long goes on as its mark, behind `=-`, which is no byte's number.
    private static func name(_ key: String) -> String {
        let name = key.utf8.reduce(into: "") { name, byte in
            let isPlain =
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "0123456789-_".utf8.contains(byte)
            name +=
                isPlain
                ? String(UnicodeScalar(byte)) : "=\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
        }
        return name.utf8.count <= longestName ? name : "\(name.prefix(longestName))=-\(mark(key))"
    }

    private static func mark(_ key: String) -> String { Sandboxes.fingerprint(of: key, length: 32) }

    /// Whether two paths lead to the same place, as far as can be told without looking. What is a device takes several texts.
    static func areSame(_ first: String, _ second: String) -> Bool {
        func whole(_ path: String) -> String { URL(filePath: path).standardized.path }
        return whole(first) == whole(second) && !whole(first).hasPrefix("/dev/")
    }
}
