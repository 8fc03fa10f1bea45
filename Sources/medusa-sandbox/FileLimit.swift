internal import Glibc

/// How many files the program may have open (getrlimit(2), RLIMIT_NOFILE).
struct FileLimit {
    let files: Int

    /// As many as the system lets us have.
    static var raised: FileLimit {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(resource, &limit) == 0 else { return FileLimit(files: 256) }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        unsafe setrlimit(resource, &limit)
        return FileLimit(files: Int(clamping: limit.rlim_cur))
    }

    /// How many databases may be open: each takes two descriptors, and connections need most of them.
    func databases(_ wanted: Int) -> Int { max(1, min(wanted, files / 8)) }
}
