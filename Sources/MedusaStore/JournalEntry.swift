package import Medusa

extension Journal {
    /// A request and its answer. What must not be shown is not in it.
    package struct Entry: Sendable {
        package var id: Int64 = 0
        /// Which world it met: the first, or that behind so many resets, restores and scenarios.
        package var world: Int64 = 0
        /// The sandbox's time.
        package var at: Timestamp
        /// The machine's time.
        package var arrived: Timestamp
        package var tookMicroseconds: Int64
        package var status: Int
        package var warnings: Int = 0
        package var customer: Int64?
        package var lease: Int64?
        package var method: String
        /// Empty where the request met no endpoint.
        package var operation: String
        package var target: String
        /// `Name: value`, a line a field.
        package var requestFields: [UInt8]
        package var requestBody: [UInt8]
        package var responseFields: [UInt8]
        package var responseBody: [UInt8]
        /// JSON.
        package var notes: [UInt8]

        package init(
            at: Timestamp, arrived: Timestamp, tookMicroseconds: Int64, status: Int, method: String, operation: String,
            target: String, requestFields: [UInt8], requestBody: [UInt8], responseFields: [UInt8],
            responseBody: [UInt8],
            notes: [UInt8]
        ) {
            self.at = at
            self.arrived = arrived
            self.tookMicroseconds = tookMicroseconds
            self.status = status
            self.method = method
            self.operation = operation
            self.target = target
            self.requestFields = requestFields
            self.requestBody = requestBody
            self.responseFields = responseFields
            self.responseBody = responseBody
            self.notes = notes
        }
    }

    /// How much is kept, of one sandbox.
    package struct Bounds: Hashable, Sendable {
        package let entries: Int
        package let bytes: Int

        package init(entries: Int, bytes: Int) {
            self.entries = entries
            self.bytes = bytes
        }
    }

    /// What is there, and what no longer is.
    package struct Extent: Hashable, Sendable {
        /// The present world.
        package let world: Int64
        package let oldestId: Int64
        package let newestId: Int64
        /// How many entries had to make room, and how many of them belonged to the present world.
        package let evicted: Int64
        package let evictedOfWorld: Int64
        package let bytes: Int64

        /// How many entries behind an id would have been looked at, and had to make room.
        package func evicted(after id: Int64, inAllWorlds coversAll: Bool) -> Int64 {
            id >= oldestId - 1 ? 0 : coversAll ? evicted : evictedOfWorld
        }
    }

    /// What has been counted of entries that had to make room.
    package struct Tally: Hashable, Sendable {
        package enum Kind: String, Sendable {
            case status, warning
        }

        package let kind: Kind
        package let operation: String
        /// A status, or a warning's sentence.
        package let detail: String
        package let count: Int
    }
}
