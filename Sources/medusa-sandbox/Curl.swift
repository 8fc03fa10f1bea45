internal import Conformance
internal import FoundationEssentials
internal import Glibc
internal import HTTP
internal import Sandbox

/// Requests to any server, by the program `curl`: the vendor's speaks TLS, others send chunks or sit behind proxies, and all of that is
/// curl's to know. A process a request is slow, and fast enough for a check.
struct Curl {
    /// Without a path.
    let base: String

    /// - Parameter url: with or without a slash, and with or without `/v3`, at its end.
    init(url: String) throws {
        guard url.hasPrefix("http://") || url.hasPrefix("https://"), !url.contains(where: \.isWhitespace) else {
            throw Sandboxes.Failure(
                description: "\(url) is no URL of a server; it looks like https://apis.sandbox.flexshopper.com")
        }
        var base = url[...]
        while base.hasSuffix("/") { base = base.dropLast() }
        if base.hasSuffix("/v3") { base = base.dropLast(3) }
        self.base = String(base)
    }

    func send(_ sent: Walk.Sent) throws -> Walk.Answer {
        // On standard input, so that neither key nor body shows in the list of processes.
        var lines = ["url = \(quoted(base + sent.path))", "request = \(quoted(sent.method))"]
        for field in sent.fields { lines.append("header = \(quoted("\(field.name): \(field.value)"))") }
        if let body = sent.body { lines.append("data-binary = \(quoted(body))") }
        let (output, errors, code) = try run(lines.joined(separator: "\n"))
        guard code == 0 else {
            let reason = String(decoding: errors, as: UTF8.self).split(separator: "\n").first.map(String.init)
            throw Sandboxes.Failure(description: "\(base) does not answer: \(reason ?? "curl ended with \(code)")")
        }
        guard let end = output.lastIndex(of: UInt8(ascii: "\n")),
            let status = Int(String(decoding: output[(end + 1)...], as: UTF8.self))
        else { throw Sandboxes.Failure(description: "\(base) does not answer in HTTP") }
        return Walk.Answer(status: status, text: Array(output[..<end]))
    }

    /// As curl's configuration has it.
    private func quoted(_ text: String) -> String {
        var result = "\""
        for character in text {
            switch character {
            case "\"", "\\": result += "\\\(character)"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            default: result.append(character)
            }
        }
        return result + "\""
    }

    private func run(_ configuration: String) throws -> (output: [UInt8], errors: [UInt8], code: Int32) {
        var files: [[Int32]] = []
        for _ in 0..<3 {
            var ends: [Int32] = [0, 0]
            guard unsafe pipe(&ends) == 0 else {
                throw Sandboxes.Failure(description: "no more files can be opened; close some programs")
            }
            // curl must not hold our ends, else its input would never end.
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            files.append(ends)
        }
        let (input, output, errors) = (files[0], files[1], files[2])
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO)
        let command = [
            "curl", "--silent", "--show-error", "--max-time", "60", "--write-out", "\\n%{http_code}", "--config", "-",
        ]
        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        // A proxy is for others' servers, not for one on this machine.
        let environment = ProcessInfo.processInfo.environment.merging(ProxyExceptions.variables()) { $1 }
        var values = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
        defer { _ = unsafe (arguments + values).map { unsafe free($0) } }
        var child: pid_t = 0
        let failure = unsafe posix_spawnp(&child, command[0], &actions, nil, &arguments, &values)
        for descriptor in [input[0], output[1], errors[1]] { close(descriptor) }
        defer { for descriptor in [output[0], errors[0]] { close(descriptor) } }
        guard failure == 0 else {
            close(input[1])
            throw Sandboxes.Failure(description: "check asks by curl, which is not there; install curl")
        }
        write(Array(configuration.utf8), to: input[1])
        close(input[1])
        let (body, complaint) = (read(output[0]), read(errors[0]))
        var status: Int32 = 0
        unsafe waitpid(child, &status, 0)
        return (body, complaint, status & 0x7F == 0 ? status >> 8 & 0xFF : 128)
    }

    /// A configuration is shorter than what a pipe takes at once, so nobody waits for anybody.
    private func write(_ bytes: [UInt8], to descriptor: Int32) {
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    private func read(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(descriptor, &piece, piece.count)
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
        }
    }
}
