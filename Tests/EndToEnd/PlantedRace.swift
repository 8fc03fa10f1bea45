import Foundation
import JSON
import Medusa
import Support

/// A fault as a server that serves several requests at once could have it.
enum PlantedRace: CaseIterable {
    /// A write is answered, and never carried out.
    case lostWrite
    /// A write is carried out twice, and its caller hears what became of the first.
    case doubledWrite
    /// A retry on the way repeats a write that had been carried out, and its caller hears what became of the second.
    case retryCarriedOutTwice
    /// A read comes out of a cache that nobody has emptied.
    case staleRead
    /// A write is answered before it is carried out.
    case answeredBeforeCarriedOut
    /// Two answers go to each other's caller.
    case exchangedAnswers
    /// Others see one half of a change before the other is there.
    case halfDoneChange
    /// A write is answered, and rolled back.
    case undoneWrite
    /// A write is refused, and has been carried out.
    case refusalThatTookEffect
    /// An answer shows a clock that stands before one that was shown already.
    case clockThatGoesBack
    /// A restore brings back everything but the settings.
    case restoreByHalf
    /// A snapshot is acknowledged, and the one before it kept.
    case forgottenSnapshot
}

/// A proxy between racing clients and their server, with a fault of its own.
final class PlantedWay: RacedWay {
    private typealias Response = Support.Connection.Response

    private let race: PlantedRace
    private let lines: RacedLines
    /// Its own way to the server.
    private let side: Support.Connection
    private var chance: Chance
    private var requests: [Int: RacedRequest] = [:]
    /// Answers that it gives itself.
    private var outbox: [(line: Int, response: Response)] = []
    /// What is still to be carried out, after so many more requests.
    private var late: [(request: RacedRequest, line: Int?, after: Int)] = []
    private var cache: [String: Response] = [:]
    private var hasSaved = false
    private var hasAdvanced = false

    init(_ race: PlantedRace, on lines: RacedLines, seed: UInt64) throws {
        self.race = race
        self.lines = lines
        side = try lines.server.connect()
        chance = Chance(seed: seed)
    }

    private static let accepted = Response(
        status: 200, head: "", body: #"{"data":{}}"#)

    func leave(_ line: Int) throws {
        outbox.removeAll { $0.line == line }
        for place in late.indices where late[place].line == line { late[place].line = nil }
        requests[line] = nil
        try lines.leave(line)
    }

    func send(_ request: RacedRequest, on line: Int) throws {
        try catchUp()
        requests[line] = request
        if let response = try spoilt(request, line) {
            outbox.append((line, response))
        } else if late.last?.line != line {
            try lines.send(request, on: line)
        }
    }

    func nextAnswer(among lines: [Int]) throws -> (line: Int, response: Support.Connection.Response) {
        if !outbox.isEmpty { return outbox.removeFirst() }
        let waiting = late.compactMap(\.line)
        let forwarded = lines.filter { !waiting.contains($0) }
        guard !forwarded.isEmpty else {
            try catchUp(all: true)
            return outbox.removeFirst()
        }
        let heard = try self.lines.nextAnswer(among: forwarded)
        return try passed(heard, among: forwarded)
    }

    /// On its way back.
    private func passed(_ heard: (line: Int, response: Response), among lines: [Int]) throws -> (Int, Response) {
        guard let request = requests[heard.line] else { return heard }
        switch race {
        case .staleRead:
            if case .transaction(let reference) = request { cache[reference] = heard.response }
        case .exchangedAnswers:
            let others = lines.filter { $0 != heard.line }
            guard !others.isEmpty, chance.isOne(in: 10) else { return heard }
            let other = try self.lines.nextAnswer(among: others)
            outbox.append((heard.line, other.response))
            return (other.line, heard.response)
        case .clockThatGoesBack:
            guard hasAdvanced, chance.isOne(in: 10), let now = Timestamp(reading: heard.response.field("date") ?? "")
            else { break }
            let earlier = (now - .hours(1)).httpDate
            return (
                heard.line,
                Response(
                    status: heard.response.status,
                    head: heard.response.head.replacingOccurrences(of: now.httpDate, with: earlier),
                    body: heard.response.body)
            )
        default: break
        }
        if case .advance = request { hasAdvanced = true }
        return heard
    }

    // MARK: On its way there

    /// - Returns: an answer of its own, or `nil` where the request is to go on, or has been put off.
    private func spoilt(_ request: RacedRequest, _ line: Int) throws -> Response? {
        switch (race, request) {
        case (.lostWrite, .sign), (.lostWrite, .ship), (.lostWrite, .receive):
            return chance.isOne(in: 4) ? try dated(Self.accepted) : nil
        case (.doubledWrite, .cancel), (.doubledWrite, .takeBack), (.doubledWrite, .ship), (.doubledWrite, .receive):
            guard chance.isOne(in: 4) else { return nil }
            let first = try carryOut(request)
            _ = try carryOut(request)
            return first
        case (.retryCarriedOutTwice, .createLease), (.retryCarriedOutTwice, .cancel),
            (.retryCarriedOutTwice, .createUser),
            (.retryCarriedOutTwice, .takeBack):
            guard chance.isOne(in: 4) else { return nil }
            _ = try carryOut(request)
            return try carryOut(request)
        case (.staleRead, .transaction(let reference)):
            guard let cached = cache[reference], chance.isOne(in: 2) else { return nil }
            return try dated(cached)
        case (.answeredBeforeCarriedOut, .sign), (.answeredBeforeCarriedOut, .ship),
            (.answeredBeforeCarriedOut, .receive):
            guard chance.isOne(in: 4) else { return nil }
            late.append((request, nil, 6))
            return try dated(Self.accepted)
        case (.halfDoneChange, .ship(let reference, let selections, let date)) where selections.count == 2:
            let first = try carryOut(.ship(reference, [selections[0]], on: date))
            guard first.status == 200 else { return first }
            late.append((.ship(reference, [selections[1]], on: date), line, 6))
            return nil
        case (.undoneWrite, .cancel), (.undoneWrite, .ship), (.undoneWrite, .createLease), (.undoneWrite, .sign):
            guard chance.isOne(in: 6) else { return nil }
            _ = try exchange(RacedMessage("POST", "/_sandbox/snapshots", #"{"name":"undo"}"#))
            let response = try carryOut(request)
            _ = try exchange(RacedMessage("POST", "/_sandbox/snapshots/undo/restore"))
            return response
        case (.refusalThatTookEffect, .ship), (.refusalThatTookEffect, .receive):
            guard chance.isOne(in: 3) else { return nil }
            let response = try carryOut(request)
            guard response.status == 200 else { return response }
            let refusal =
                #"{"error":{"statusCode":400,"code":"InvalidItem","message":"The item a is not valid for this transaction","data":{}}}"#
            return Response(status: 400, head: response.head, body: refusal)
        case (.restoreByHalf, .restore):
            let settings = try exchange(RacedMessage("GET", "/_sandbox/settings"))
            let kept = try settings.json["data"]?["minimumOrder"]?.numberText ?? "49.95"
            let response = try carryOut(request)
            _ = try exchange(RacedMessage("PATCH", "/_sandbox/settings", #"{"minimumOrder":\#(kept)}"#))
            return response
        case (.forgottenSnapshot, .save):
            defer { hasSaved = true }
            return hasSaved ? try dated(Response(status: 201, head: "", body: "{}")) : nil
        default: return nil
        }
    }

    /// Its own answers show the sandbox's time, as every answer does.
    private func dated(_ response: Response) throws -> Response {
        Response(status: response.status, head: try carryOut(.clock).head, body: response.body)
    }

    private func carryOut(_ request: RacedRequest) throws -> Response {
        try exchange(request.message(to: lines.sandbox))
    }

    private func exchange(_ message: RacedMessage) throws -> Response {
        try side.send(
            Server.request(message.method, message.path, message.body, token: message.token, key: lines.key))
        guard let response = try side.response() else { throw Server.Failed(description: "closed without an answer") }
        return response
    }

    private func catchUp(all: Bool = false) throws {
        for place in late.indices { late[place].after -= 1 }
        let due = late.filter { all || $0.after <= 0 }
        late.removeAll { all || $0.after <= 0 }
        for (request, line, _) in due {
            let response = try carryOut(request)
            if let line { outbox.append((line, response)) }
        }
    }
}
