internal import CMicroHTTPD
internal import Glibc

/// Threads for work that would keep the loop, and so everybody, waiting.
///
/// Nothing is shared: whoever hands out work leaves alone what it touches until it is done. The loop hears of that by a descriptor, and
/// goes on with what follows on its own thread.
@safe package final class Workers {
    private final class Job {
        private var work: (() -> Void)?
        let then: () -> Void

        init(work: @escaping () -> Void, then: @escaping () -> Void) { (self.work, self.then) = (work, then) }

        /// Works, and lets go of everything that it worked with: the loop asks who else has it.
        func run() {
            work?()
            work = nil
        }
    }

    /// What both sides touch, under the lock.
    private struct Shared {
        var jobs: [Job] = []
        var done: [() -> Void] = []
        /// Handed out, and not collected yet.
        var count = 0
        var idle = 0
        var threads = 0
    }

    private var shared = Shared()
    // ThreadSanitizer understands these, and not `Synchronization.Mutex`.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let bell = shim_event()

    /// More would only take turns on the processors of a developer's machine.
    private static let mostThreads = 8
    /// Documents nest, and SQLite's own check of a database goes deep: as much as the first thread has.
    private static let stackBytes = 8 << 20

    package init() {
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(changed, nil)
        precondition(bell >= 0, "no descriptor is left")
    }

    private func locked<Result>(_ body: (inout Shared) -> Result) -> Result {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return body(&shared)
    }

    /// What the loop watches.
    package var watch: HTTPServer.Watch { HTTPServer.Watch(bell) { [unowned self] in collect() } }

    /// Does some work on another thread, and then goes on with something on the loop's. Each piece of work begins in the order in which it
    /// was handed out.
    package func run(_ work: @escaping () -> Void, then: @escaping () -> Void) {
        let needsThread = locked { shared in
            shared.count += 1
            shared.jobs.append(Job(work: work, then: then))
            guard shared.idle < shared.jobs.count, shared.threads < Self.mostThreads else { return false }
            shared.threads += 1
            return true
        }
        if needsThread, !startThread() {
            // A machine without room for a thread: the work is done all the same.
            let isAlone = locked { shared in
                shared.threads -= 1
                return shared.threads == 0
            }
            if isAlone { while let job = nextJob(waits: false) { finish(job) } }
        }
        unsafe pthread_cond_signal(changed)
    }

    private func startThread() -> Bool {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, Self.stackBytes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // Signals are the loop's.
        var (all, before) = (sigset_t(), sigset_t())
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        // The threads live as long as the program, and so do the workers.
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        return unsafe pthread_create(
            &thread, &attributes,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Workers>.fromOpaque(context).takeUnretainedValue().work()
                }
                return nil
            }, context) == 0
    }

    private func work() {
        while let job = nextJob(waits: true) { finish(job) }
    }

    private func nextJob(waits: Bool) -> Job? {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while shared.jobs.isEmpty {
            guard waits else { return nil }
            shared.idle += 1
            unsafe pthread_cond_wait(changed, lock)
            shared.idle -= 1
        }
        return shared.jobs.removeFirst()
    }

    private func finish(_ job: Job) {
        job.run()
        locked { $0.done.append(job.then) }
        var one: UInt64 = 1
        _ = unsafe write(bell, &one, MemoryLayout<UInt64>.size)
    }

    /// Goes on with what is done.
    private func collect() {
        var count: UInt64 = 0
        _ = unsafe read(bell, &count, MemoryLayout<UInt64>.size)
        let done = locked { shared in
            defer { shared.done = [] }
            shared.count -= shared.done.count
            return shared.done
        }
        for then in done { then() }
    }

    /// Waits for everything that was handed out. To be called when the loop has ended.
    package func finish() {
        while locked({ $0.count }) > 0 {
            var place = pollfd(fd: bell, events: Int16(POLLIN), revents: 0)
            unsafe poll(&place, 1, -1)
            collect()
        }
    }
}
