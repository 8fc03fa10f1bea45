internal import CFuzzer
internal import FuzzTargets
internal import Glibc

/// `fuzz TARGET [libFuzzer's own arguments]`: libFuzzer's loop around one of the targets. Without a name it prints them all.
@main
enum Fuzz {
    nonisolated(unsafe) private static var chosen = FuzzTarget.all[0]

    /// libFuzzer begins the program anew for its jobs, with its own arguments only.
    private static let variable = "MEDUSA_FUZZ_TARGET"

    static func main() {
        var arguments = CommandLine.arguments
        if arguments.count > 1, !arguments[1].hasPrefix("-") {
            unsafe setenv(variable, arguments.remove(at: 1), 1)
        }
        let name = unsafe getenv(variable).map { unsafe String(cString: $0) }
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            for target in FuzzTarget.all { print(target.name) }
            exit(name == nil ? 0 : 64)
        }
        unsafe chosen = target
        var count = Int32(arguments.count)
        var vector = unsafe arguments.map { unsafe strdup($0) } + [nil]
        let status = unsafe vector.withUnsafeMutableBufferPointer { buffer in
            guard var first = buffer.baseAddress else { return Int32(70) }
            return unsafe LLVMFuzzerRunDriver(&count, &first) { data, size in
                Fuzz.run(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
                return 0
            }
        }
        exit(status)
    }

    /// A property that does not hold ends the program, as a trap would: libFuzzer then keeps the input.
    private static func run(_ bytes: [UInt8]) {
        do {
            try unsafe chosen.run(bytes)
        } catch {
            fatalError("\(unsafe chosen.name): \(error)")
        }
    }
}
