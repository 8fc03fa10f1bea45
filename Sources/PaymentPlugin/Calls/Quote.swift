internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// What an order comes to, before anybody has signed in; also whether it is one (D.2).
enum Quote {
    static let transactionId = Key.required("transactionId", .string(maximum: 256), "New on every click")
    static let brand = Key.required("brand", .string, "Item brand")
    static let sku = Key.required("sku", .string, "Item SKU")
    static let description = Key.required("description", .string, "Item description")
    static let cost = Key.required("cost", .exactDollars, "Unit price in dollars")
    static let quantity = Key.required("quantity", .quantity, "Units")
    static let shippingCost = Key.optional("cost", .price, "Shipping of this item, in dollars")
    static let shipping = Key.optional("shipping", .object(fields(shippingCost)), "Shipping of this item")
    static let items = Key.required(
        "items", .array(of: fields(brand, sku, description, cost, quantity, shipping), 1...500), "Items to lease")

    static let total = Key.optional("cost", .dollars, "What the shop says that its items cost together")

    static let endpoint = Endpoint.plugin(.post, "/order", "Quote Order", body: fields(total, transactionId, items))

    static func answer(_ call: PluginCall) throws -> Response {
        let body = try call.body()
        let settings = call.sandbox.settings
        guard try !call.sandbox.store.transactions.isTaken(body[transactionId], vendor: call.vendor) else {
            throw Refusal.transactionIdInUse
        }
        let order = Order(
            reference: body[transactionId],
            items: body[items].map { item in
                Order.Item(
                    sku: item[sku], brand: item[brand], description: item[description], cost: item[cost],
                    quantity: item[quantity])
            },
            // Per item here, once in a lease: they are added up.
            shippingCost: body[items].reduce(.zero) { $0 + ($1[shipping].flatMap { $0[shippingCost] } ?? .zero) })
        try order.mayBeAddedUp()
        let terms = order.terms(settings)
        if let said = body[total] {
            // The sample leaves shipping out; shops count it in as well.
            if said != terms.cashPrice, said != terms.cashPrice - order.shippingCost {
                try call.notice(Oddity(total.field.name, .contradictory(what: "the items come to")))
            }
            try call.keep(fields(total), of: body[transactionId])
        }
        return .data {
            $0.member("total", terms.cashPrice)
            $0.member("payment", terms.payment)
            $0.member("term", terms.term)
            $0.member("minimum", settings.minimumOrder)
            $0.member("decidingTime_ms", settings.decidingTime / .milliseconds(1))
        }
    }
}
