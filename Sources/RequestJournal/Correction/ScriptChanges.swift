internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// Small changes of the script, and names that nobody has yet.
extension Planner {
    func note(_ change: String) {
        if !changes.contains(change) { changes.append(change) }
    }

    /// The step that a fault would strike finds it gone.
    func removeFault(_ fault: Sandbox.ActiveFault, before index: Int) {
        let reason =
            "fault \(fault.id) is in force and would strike \(line(of: index)) (it \(fault.fault.effect)), so the script removes it first"
        script.steps.insert(Step(.delete, "_sandbox/faults/\(fault.id)", reason: reason), at: index)
    }

    /// A fault that costs time only may stay.
    func noteSlowness(_ index: Int, _ fault: Sandbox.ActiveFault) {
        note(
            "fault \(fault.id) is in force and will strike \(line(of: index)) (it \(fault.fault.effect)); "
                + "DELETE /_sandbox/faults/\(fault.id) takes it away")
    }

    /// `POST /v3/users`
    private func line(of index: Int) -> String {
        let step = script.steps[index]
        let path = endpoint(of: index)?.path ?? "/\(step.names.joined(separator: "/"))"
        return "\(step.method.rawValue) \(path)"
    }

    func insert(_ step: Step, before index: Int) { script.steps.insert(step, at: index) }

    /// The declaration that a step meets.
    func endpoint(of index: Int) -> Endpoint? {
        let step = script.steps[index]
        return Routes.endpoint(step.method, step.names)
    }

    func parameterPlace(_ name: String, _ endpoint: Endpoint) -> Int? {
        endpoint.path.split(separator: "/").firstIndex { $0 == "{\(name)}" }
    }

    func setParameter(_ name: String, of index: Int, to piece: Step.Piece) -> Bool {
        guard let endpoint = endpoint(of: index), let place = parameterPlace(name, endpoint) else { return false }
        script.steps[index].segments[place] = piece
        return true
    }

    func change(_ index: Int, _ path: String, to value: Draft, because reason: String) {
        set(index, path, value, adding: true)
        note(reason)
    }

    /// - Returns: whether the member was there, or was added.
    @discardableResult
    func set(_ index: Int, _ path: String, _ value: Draft, adding: Bool = false) -> Bool {
        guard case .json(var draft) = script.steps[index].body else { return false }
        var isChanged = false
        draft.change(at: Draft.parts(of: path)[...]) { present in
            guard present != nil || adding else { return }
            present = value
            isChanged = true
        }
        script.steps[index].body = .json(draft)
        return isChanged
    }

    func remove(_ index: Int, _ name: String) {
        guard case .json(var draft) = script.steps[index].body else { return }
        draft[name] = nil
        script.steps[index].body = .json(draft)
    }

    func setBody(of step: inout Step, _ name: String, _ value: Draft) {
        guard case .json(var draft) = step.body else { return }
        draft[name] = value
        step.body = .json(draft)
    }

    func freshEmail(_ suffix: String = "") -> String {
        free {
            "someone.new\($0)\(suffix)@example.com"
        } isTaken: {
            (try? sandbox.store.users.id(email: $0)) != nil
        }
    }

    func freshReference() -> String {
        free {
            "NEW-\($0)"
        } isTaken: {
            (try? sandbox.store.transactions.isTaken($0)) == true
        }
    }

    func freshSSN() -> String {
        free { number in
            String(String(100_000_000 + number).suffix(9))
        } isTaken: { ssn in
            let digest = sandbox.tokens.digest("ssn", ssn)
            return (try? sandbox.store.users.isTaken(ssnDigest: digest, by: 0)) == true
        }
    }

    /// The first name of a row that is not taken, here or by an earlier step.
    func free(_ name: (Int) -> String, isTaken: (String) -> Bool) -> String {
        for number in 1... {
            let candidate = name(number)
            if used.insert(candidate).inserted, !isTaken(candidate) { return candidate }
        }
        return ""
    }

    struct Near {
        let method: Method
        let path: String
        let segments: [Step.Piece]
    }

    /// The documented route that is closest to one that is not; what its path leaves open is kept where it stands in the same place.
    func nearestEndpoint(to step: Step) -> Near? {
        let sent = step.names
        let spellings = Routes.endpoints.flatMap(\.spellings)
        let shapes = spellings.map { spelling in
            spelling.path.split(separator: "/").enumerated().map { place, segment in
                segment.hasPrefix("{") && place < sent.count ? sent[place] : String(segment)
            }
        }
        let candidates = ["/" + sent.joined(separator: "/"), "/v3/" + sent.joined(separator: "/")]
        let paths = shapes.map { "/" + $0.joined(separator: "/") }
        for candidate in candidates {
            guard let found = nearest(to: candidate, among: paths) else { continue }
            let places = paths.indices.filter { paths[$0] == found }
            let place = places.first { spellings[$0].method == step.method } ?? places[0]
            return Near(
                method: spellings[place].method, path: spellings[place].path,
                segments: shapes[place].map { .text($0) })
        }
        return nil
    }
}
