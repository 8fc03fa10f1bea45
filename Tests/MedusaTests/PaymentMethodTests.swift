import Medusa
import Testing

@Suite struct `A payment method` {
    @Test(arguments: [
        ("021000021", true, false, Refusal?.none), ("888776666", false, false, nil),
        ("000000000", false, true, .bankNotAccepted), ("084009519", true, false, .bankNotAccepted),
        ("991150603", false, false, .bankRequiresVerification), ("991150603", true, true, nil),
        ("991150302", true, false, .notPrimaryEligible), ("991150302", false, false, nil),
        ("123456789", false, true, .bankNotAccepted), ("021000022", true, false, .bankNotAccepted),
    ])
    func `is accepted or refused by its routing number`(
        routing: String, primary: Bool, verified: Bool, expected: Refusal?
    ) {
        let method = PaymentMethod(.ach(routingNumber: routing), lastFour: "1234", label: "", isPrimary: primary)
        #expect(
            refusal { () throws(Refusal) in try method.mayJoin(isVerified: verified) } == expected)
    }

    @Test func `becomes the primary one when it is the first`() {
        var method = PaymentMethod(.card(brand: "Visa", firstSix: ""), lastFour: "", label: "", isPrimary: false)
        method.join(isFirst: true)
        #expect(method.isPrimary)
    }

    @Test(arguments: [
        ("visa", "Visa"), ("american-express", "American Express"), ("mastercard", "Mastercard"), ("", ""),
    ])
    func `shows its brand as the documents do`(type: String, brand: String) {
        #expect(PaymentMethod.brandName(type) == brand)
    }
}
