internal import FoundationEssentials
internal import Glibc
internal import Sandbox
internal import Scenarios
internal import YAML

/// Where a scenario comes from: the shipped ones, or a file.
struct ScenarioSource {
    /// The file's name without its ending.
    let name: String
    /// `nil` for a shipped one.
    let path: String?

    private init(name: String, path: String?) { (self.name, self.path) = (name, path) }

    /// - Parameter argument: the name of a shipped scenario; anything with a slash or a dot in it is a file.
    init(_ argument: String) throws {
        guard argument.contains("/") || argument.contains(".") else {
            self.init(name: argument, path: nil)
            guard Shipped.all.contains(where: { $0.name == argument }) else {
                throw Sandboxes.Failure(
                    description: "no shipped scenario is called \(argument); there is "
                        + "\(Shipped.all.map(\.name).joined(separator: ", ")), or name a file as ./\(argument).yaml")
            }
            return
        }
        self.init(file: argument)
    }

    init(file: String) {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        self.init(name: last.lastIndex(of: ".").map { String(last[..<$0]) } ?? last, path: file)
    }

    func read() throws -> Scenario {
        guard let path else {
            let shipped = Shipped.all.first { $0.name == name }
            return try Scenario(shipped?.text ?? [], name: name, file: "\(name).yaml", at: Clock.machineTime())
        }
        return try read(try Self.bytes(of: path))
    }

    /// What a file's bytes say.
    func read(_ bytes: [UInt8]) throws -> Scenario {
        try Scenario(bytes, name: name, file: path ?? "\(name).yaml", at: Clock.machineTime())
    }

    /// A file's bytes, as far as they are looked at: whatever is larger than a scenario may be is not read to its end.
    static func bytes(of path: String) throws -> [UInt8] {
        func problem(_ sentence: String) -> Problems {
            Problems([YAML.Problem(mark: YAML.Mark(line: 1, column: 1), sentence: sentence)], in: path)
        }
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw problem("the file cannot be opened: \(unsafe String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= YAML.sizeLimit {
            let count = unsafe Glibc.read(file, &piece, piece.count)
            guard count >= 0 else {
                throw problem("the file cannot be read: \(unsafe String(cString: strerror(errno)))")
            }
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        return bytes
    }
}
