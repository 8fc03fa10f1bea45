import Medusa
import Testing

@Suite struct `A lease` {
    @Test func `is pending until it is signed, and expires after a day`() {
        let lease = Samples.lease()
        #expect(lease.status == .pending)
        #expect(!lease.isExpired(at: Samples.now + .milliseconds(86_399_999)))
        #expect(lease.isExpired(at: Samples.now + .hours(24)))
        #expect(!Samples.lease(signed: true).isExpired(at: Samples.now + .days(400)))
    }

    @Test func `cannot be signed once it has expired`() {
        let transaction = Samples.transaction()
        let late = Samples.now + .hours(24)
        #expect(refusal { () throws(Refusal) in try transaction.maySign(at: late) } == .leaseExpired)
        #expect(refusal { () throws(Refusal) in try transaction.maySign(at: Samples.now) } == nil)
    }

    @Test func `cannot be signed once everything is cancelled`() {
        var transaction = Samples.transaction()
        _ = transaction.cancel([], at: Samples.now)
        #expect(refusal { () throws(Refusal) in try transaction.maySign(at: Samples.now) } == .leaseExpired)
    }

    @Test func `is signed once, and again without a change`() {
        var transaction = Samples.signed()
        let before = transaction
        transaction.sign(at: Samples.now + .hours(48))
        #expect(transaction == before)
        #expect(refusal { () throws(Refusal) in try transaction.maySign(at: Samples.now + .days(30)) } == nil)
    }

    @Test func `is finalized only once it is signed, and again without a change`() throws {
        var pending = Samples.transaction()
        #expect(refusal { () throws(Refusal) in try pending.finalize(at: Samples.now) } == .notSigned)
        var transaction = try Samples.finalized()
        let before = transaction
        try transaction.finalize(at: Samples.now + .hours(1))
        #expect(transaction == before)
    }

    @Test(arguments: [
        ("john@example.com", Int64?.none, Int64?.none, User.FirstPayment.missing),
        ("john@example.com", 1, nil, .collected),
        ("x.firstpayment@example.com", nil, nil, .missing),
        ("x.firstpayment@example.com", 1, nil, .declined(remember: 1)),
        ("x.firstpayment@example.com", 1, 1, .declined(remember: 1)),
        ("x.firstpayment@example.com", 2, 1, .collected),
    ])
    func `asks for a first payment`(
        email: String, youngest: Int64?, declined: Int64?, expected: User.FirstPayment
    ) {
        var user = Samples.user(email)
        user.declinedPaymentMethod = declined
        #expect(user.firstPayment(youngestMethod: youngest) == expected)
    }
}
