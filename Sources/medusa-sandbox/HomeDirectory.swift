internal import Glibc

/// The user's home as the system's own records have it, for an environment that says nothing.
enum HomeDirectory {
    static func ofUser() -> String? {
        guard let record = unsafe getpwuid(getuid()), let path = unsafe record.pointee.pw_dir else { return nil }
        let home = unsafe String(cString: path)
        return home.hasPrefix("/") ? home : nil
    }
}
