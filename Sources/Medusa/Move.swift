/// What can still be done with an order: the moves that are legal in its state (decisions.md 13 to 15).
package enum Move: String, CaseIterable, Sendable {
    case sign, finalize, ship, receive, cancel, takeBack
}

extension Transaction {
    /// The moves that would change something now, in the order of a purchase.
    package func moves(at now: Timestamp) -> [Move] {
        Move.allCases.filter { move in
            var tried = self
            switch move {
            case .sign: return lease.status == .pending && (try? maySign(at: now)) != nil
            case .finalize: return lease.finalizedAt == nil && (try? tried.finalize(at: now)) != nil
            case .ship: return (try? tried.ship([.everything(at: now)], at: now)) != nil
            case .receive: return (try? tried.receive([Receipt()], at: now)) != nil
            case .cancel: return !tried.cancel([], at: now).done.isEmpty
            case .takeBack: return !tried.takeBack([], at: now).done.isEmpty
            }
        }
    }
}

extension Transaction.Shipment {
    fileprivate static func everything(at now: Timestamp) -> Self {
        Self(sku: nil, quantity: nil, tracking: Line.Tracking(carrier: "", number: "", link: ""), deliveredAt: now)
    }
}
