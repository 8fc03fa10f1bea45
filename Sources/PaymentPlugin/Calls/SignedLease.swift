internal import Medusa
internal import MedusaStore
internal import Sandbox

extension Sandbox {
    /// What the shop is told of a lease that was signed.
    func signed(_ lease: String) throws -> (number: String, reference: String)? {
        guard let row = tokens.row(ofLease: lease), let found = try store.transactions.transaction(row) else {
            return nil
        }
        return (identifiers.leaseNumber(row), found.reference)
    }
}
