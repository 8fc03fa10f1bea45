import Medusa
import Support
import Testing

/// A house, and the many ways in which people write where it is.
private struct House: Equatable {
    var number: Int
    var direction: Int?
    var name: Int
    var suffix: Int
    var room: String?
    var city: Int
    var state: Int
    var zip: Int

    private static let directions = [
        ["N", "N.", "North", "NORTH"], ["S", "S.", "South"], ["E", "East", "e."], ["W", "West", "w"],
        ["NW", "N.W.", "Northwest", "North West", "N. W.", "N W", "n.w."], ["NE", "N.E.", "Northeast", "North East"],
        ["SW", "S.W.", "Southwest", "South West"], ["SE", "S.E.", "Southeast", "S E"],
    ]
    private static let names = [
        ["Yamato", "YAMATO"], ["Military", "military"], ["O'Brien", "OBrien", "O’Brien"], ["5th", "Fifth"],
        ["St. James", "Saint James", "St James"], ["Martin Luther King", "MARTIN LUTHER KING"],
        ["Peña", "Pena", "Pen\u{303}a"], ["Winston-Salem", "Winston Salem"],
        ["Mt. Vernon", "Mount Vernon", "Mt Vernon"],
    ]
    private static let suffixes = [
        ["Rd", "Road", "RD.", "road"], ["St", "Street", "St.", "STR"], ["Ave", "Avenue", "Av", "AVE."],
        ["Blvd", "Boulevard", "Boul", "BLVD."], ["Trl", "Trail", "trl."], ["Hwy", "Highway", "Hiway"],
        ["Dr", "Drive", "DRIV"],
        ["Cir", "Circle", "Circ"], ["Pkwy", "Parkway", "Pky"], ["Ter", "Terrace", "Terr"], ["Ct", "Court"],
        ["Xing", "Crossing"], ["Ln", "Lane"], ["Plz", "Plaza"], ["Tpke", "Turnpike", "Trnpk"],
    ]
    private static let kinds = [
        "Ste ", "Suite ", "Apt ", "Apt. ", "Apartment ", "Unit ", "#", "# ", "Ste. #", "apt # ", "Rm ", "Suite No. ",
    ]
    private static let cities = [
        ["Boca Raton", "BOCA RATON", "boca  raton"], ["St. Louis", "Saint Louis", "St Louis", "ST.LOUIS"],
        ["Ft. Lauderdale", "Fort Lauderdale", "Ft Lauderdale"], ["Lake Worth", "Lk Worth"],
        ["Cañon City", "Canon City"], ["N. Miami", "North Miami"],
    ]
    private static let states = [
        ["FL", "Florida", "fl", "Fla.", "US-FL"], ["NY", "New York", "N.Y.", "ny"], ["CA", "California", "Calif."],
        ["NC", "North Carolina", "N. Carolina", "N.C."], ["DC", "District of Columbia", "D.C."], ["PR", "Puerto Rico"],
    ]

    init(_ chance: inout Chance) {
        number = 1 + chance.below(20_000)
        direction = chance.isOne(in: 2) ? nil : chance.below(Self.directions.count)
        name = chance.below(Self.names.count)
        suffix = chance.below(Self.suffixes.count)
        room = chance.isOne(in: 3) ? nil : chance.pick(["260", "4B", "12", "C", "1001", "3-F"])
        city = chance.below(Self.cities.count)
        state = chance.below(Self.states.count)
        zip = 10_000 + chance.below(89_999)
    }

    /// One way of writing it.
    func spelt(_ chance: inout Chance) -> (text: String, address: StandardAddress) {
        var street = [String(number)]
        if let direction { street.append(chance.pick(Self.directions[direction])) }
        street.append(chance.pick(Self.names[name]))
        street.append(chance.pick(Self.suffixes[suffix]))
        var lines = [street.joined(separator: chance.isOne(in: 5) ? "  " : " ")]
        if let room {
            let written = chance.pick([room, room.lowercased(), room.replacing("-", with: "")])
            let door = chance.pick(Self.kinds) + written
            switch chance.below(5) {
            case 0: lines[0] += " \(door)"
            case 1: lines[0] += ", \(door)"
            case 2: lines.append(written)
            case 3: lines.insert(door, at: 0)
            default: lines.append(door)
            }
        }
        let city = chance.pick(Self.cities[city])
        let region = chance.pick(Self.states[state])
        let code = chance.pick([String(zip), "\(zip)-\(1000 + chance.below(8999))", " \(zip) "])
        let country = chance.pick(["US", "us", "USA", "United States", "U.S.A."])
        return (
            "\(lines) \(city) \(region) \(code) \(country)",
            StandardAddress(lines: lines, city: city, region: region, postalCode: code, country: country)
        )
    }

    /// Another house, in one thing.
    func neighbour(_ chance: inout Chance) -> House {
        var other = self
        switch chance.below(8) {
        case 0: other.number += 1
        case 1: other.direction = (direction ?? 0) == 3 ? 2 : 3
        case 2: other.name = (name + 1) % Self.names.count
        case 3: other.suffix = (suffix + 1) % Self.suffixes.count
        case 4: other.room = room == "260" ? "261" : "260"
        case 5: other.city = (city + 1) % Self.cities.count
        case 6: other.state = (state + 1) % Self.states.count
        default: other.zip += 1
        }
        return other
    }
}

@Suite struct `An address` {
    @Test func `is the same in all its spellings`() {
        var chance = Chance(seed: 33)
        for _ in 0..<5000 {
            let house = House(&chance)
            let (left, right) = (house.spelt(&chance), house.spelt(&chance))
            #expect(left.address == right.address, "\(left.text) and \(right.text)")
        }
    }

    @Test func `is another one as soon as one thing differs`() {
        var chance = Chance(seed: 34)
        for _ in 0..<5000 {
            let house = House(&chance)
            let (left, right) = (house.spelt(&chance), house.neighbour(&chance).spelt(&chance))
            #expect(left.address != right.address, "\(left.text) and \(right.text)")
        }
    }

    @Test(arguments: [
        ("901 N.W. Yamato Rd #260", "901 NW Yamato Rd Ste 260"), ("P.O. Box 12", "Post Office Box 12"),
        ("12 County Road 7", "12 CR 7"), ("260-B Main St", "260B Main Street"),
        ("100 Main St, Fl. 3", "100 Main Street Floor 3"),
        ("U.S. Highway 1", "US Hwy 1"), ("1 A & B Way", "1 A and B Wy"), ("7 Main St STE260", "7 Main St Suite 260"),
        ("7 Main St Bldg. 2 Apt 4", "7 Main Street Building 2 #4"),
    ])
    func `follows the abbreviations of the Postal Service`(left: String, right: String) {
        func address(_ line: String) -> StandardAddress {
            StandardAddress(lines: [line], city: "Boca Raton", region: "FL", postalCode: "33431", country: "US")
        }
        #expect(address(left) == address(right))
    }
}
