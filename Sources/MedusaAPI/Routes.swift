package import Contract
package import HTTP

/// An endpoint and what answers it.
struct Route: Sendable {
    let endpoint: Endpoint
    let answer: @Sendable (Call) throws -> Response
    init(_ endpoint: Endpoint, _ answer: @escaping @Sendable (Call) throws -> Response) {
        self.endpoint = endpoint
        self.answer = answer
    }
}

/// The route table, in the order of the documents' table of contents; behind it what only other pages have (0.1).
package enum Routes {
    static let all = [
        Route(VerifyUserExists.endpoint, VerifyUserExists.answer),
        Route(DeeplyVerifyUserExists.endpoint, DeeplyVerifyUserExists.answer),
        Route(CreateUser.endpoint, CreateUser.answer),
        Route(GetUsers.endpoint, GetUsers.answer),
        Route(GetUser.endpoint, GetUser.answer),
        Route(CreateAuthorizationToken.endpoint, CreateAuthorizationToken.answer),
        Route(AddPaymentMethod.endpoint, AddPaymentMethod.answer),
        Route(GetLoanPaymentProChildKey.endpoint, GetLoanPaymentProChildKey.answer),
        Route(GetCloverKey.endpoint, GetCloverKey.answer),
        Route(GetPaymentMethods.endpoint, GetPaymentMethods.answer),
        Route(Apply.endpoint, Apply.answer),
        Route(CreateLease.endpoint, CreateLease.answer),
        Route(GetTransactions.endpoint, GetTransactions.answer),
        Route(GetLease.endpoint, GetLease.answer),
        Route(GetTransaction.endpoint, GetTransaction.answer),
        Route(SignLease.endpoint, SignLease.answer),
        Route(FinalizeLease.endpoint, FinalizeLease.answer),
        Route(CancelItems.endpoint, CancelItems.answer),
        Route(ReturnItems.endpoint, ReturnItems.answer),
        Route(ConfirmShipment.endpoint, ConfirmShipment.answer),
        Route(ConfirmReceipt.endpoint, ConfirmReceipt.answer),
        Route(GetAgreements.endpoint, GetAgreements.answer),
        Route(CollectPayment.endpoint, CollectPayment.answer),
        Route(VerifyACH.endpoint, VerifyACH.answer),
        Route(ValidateRoutingNumber.endpoint, ValidateRoutingNumber.answer),
        Route(AccountLookup.endpoint, AccountLookup.answer),
        Route(StartPrequalification.endpoint, StartPrequalification.answer),
        Route(CompletePrequalification.endpoint, CompletePrequalification.answer),
        Route(GetVerificationQuestions.endpoint, GetVerificationQuestions.answer),
        Route(VerifyAnswers.endpoint, VerifyAnswers.answer),
        Route(RequestPasscode.endpoint, RequestPasscode.answer),
        Route(LoginCustomer.endpoint, LoginCustomer.answer),
        Route(CreateAuthCode.endpoint, CreateAuthCode.answer),
        Route(RefundTransaction.endpoint, RefundTransaction.answer),
        Route(StartCheckout.endpoint, StartCheckout.answer),
        Route(GetProducts.endpoint, GetProducts.answer),
        Route(GetLeaseSettings.endpoint, GetLeaseSettings.answer),
    ]

    /// Every declaration, for whoever derives from them.
    package static var endpoints: [Endpoint] { all.map(\.endpoint) }

    /// The declaration that a request meets.
    package static func endpoint(_ method: Method, _ segments: [String]) -> Endpoint? {
        if case .match(let match) = router.find(method, segments) { match.value.endpoint } else { nil }
    }

    /// The declarations, by the name of the call.
    package static let byOperation = Dictionary(uniqueKeysWithValues: endpoints.map { ($0.operation, $0) })

    /// What the calls are named, for faults.
    package static var operations: [String] { endpoints.map(\.operation) }

    /// The paths of the fields that a rule may ask for: those of the requests that rules decide.
    package static let ruledFields: [String] = {
        let ruled = [
            CreateUser.endpoint, Apply.endpoint, AddPaymentMethod.endpoint, VerifyACH.endpoint, SignLease.endpoint,
            CollectPayment.endpoint,
        ]
        var seen: Set<String> = []
        return ruled.flatMap { $0.body.paths }.filter { seen.insert($0).inserted }
    }()

    /// The operations of which a success may hold what the journal must not show; the answers of others need not be searched.
    static let answeringSecrets: Set<String> = {
        // Endpoints share most names, and the first request waits for this.
        var known: [String: Bool] = [:]
        func isSecret(_ name: String) -> Bool {
            if let isSecret = known[name] { return isSecret }
            let isSecret = SecretName.meaning(name.utf8).isSecret
            known[name] = isSecret
            return isSecret
        }
        return Set(
            endpoints.filter { endpoint in
                endpoint.outcomes.contains { !$0.isRefusal && $0.body.hasMember(where: isSecret) }
            }.map(\.operation))
    }()

    static let router: Router<Route> = {
        var router = Router<Route>()
        for route in all {
            for (method, path) in route.endpoint.spellings { router.add(method, path, route) }
        }
        return router
    }()
}
