internal import Contract
internal import HTTP
internal import JSON
internal import Medusa
internal import MedusaAPI
internal import MedusaStore
internal import Sandbox

/// Where the customer is the obstacle: a token, another customer, an application, a passcode, verification questions.
extension Planner {
    func giveToken(_ index: Int) -> Bool {
        if case .variable = script.steps[index].token {
            // The customer is gone with an earlier world.
            return asNewCustomer(index, 0)
        }
        let isAtHand = script.steps[..<index].contains { $0.captures.contains { $0.variable == "token" } }
        if !isAtHand, let row = request.entry.customer, worldIsSame {
            insert(token(of: row), before: index)
            note("the customer has a token that is not expired")
        } else {
            if !isAtHand { insert(newCustomer(), before: index) }
            note("customer-token is the token of a customer of this API key")
        }
        script.steps[script.steps.count - 1].token = .variable("token")
        return true
    }

    func nameCustomer(_ index: Int) -> Bool {
        if endpoint(of: index)?.operation == "prequalificationComplete" {
            guard let start = Routes.byOperation["prequalificationStart"] else { return false }
            var step = Step(.post, start.path, Specimen.body(of: start), reason: "a prequalification is started")
            setBody(of: &step, "email", .text(freshEmail()))
            step.captures = [Step.Capture("prequal", from: "prequalId")]
            insert(step, before: index)
            set(index + 1, "prequalId", .variable("prequal"))
            return true
        }
        insert(newCustomer(), before: index)
        return setParameter("userId", of: index + 1, to: .variable("user"))
    }

    func newCustomer(_ suffix: String = "") -> Step {
        let body = Draft.object([
            Draft.Member(name: "firstName", value: .text("John")), Draft.Member(name: "lastName", value: .text("Doe")),
            Draft.Member(name: "email", value: .text(freshEmail(suffix))),
        ])
        var step = Step(.post, "v3/users", body, reason: "there is a customer")
        step.captures = [Step.Capture("token", from: "token"), Step.Capture("user", from: "userId")]
        return step
    }

    func application() -> Step? {
        guard let endpoint = Routes.byOperation["applyForSpendingLimit"] else { return nil }
        var body = Specimen.body(of: endpoint)
        body?["bankAccount"] = .object([
            Draft.Member(name: "routing", value: .text("021000021")),
            Draft.Member(name: "account", value: .text("3483898238239")),
            Draft.Member(name: "type", value: .text("checking")),
        ])
        if sandbox.settings.uniqueSSN { body?["ssn"] = .text(freshSSN()) }
        return Step(
            endpoint.method, endpoint.path, body, token: .variable("token"),
            reason: "the customer has applied, is approved, and has a bank account")
    }

    func apply(_ index: Int) -> Bool {
        guard let application = application() else { return false }
        insert(application, before: index)
        return true
    }

    /// In the name of somebody of whom nothing is known yet.
    func asNewCustomer(_ index: Int, _ again: Int, suffix: String = "", applied: Bool = false) -> Bool {
        // Whoever stood there before is not needed any longer.
        let turns = script.steps.filter { $0.isOfSandbox }
        defer { script.steps.insert(contentsOf: turns, at: 0) }
        guard var last = script.steps.last else { return false }
        script.steps = [last]
        if let endpoint = endpoint(of: script.steps.count - 1), endpoint.path.contains("{userId}") {
            script.steps = [newCustomer(suffix), last]
            _ = setParameter("userId", of: 1, to: .variable("user"))
        } else if endpoint(of: script.steps.count - 1)?.security == .customerToken {
            last.token = .variable("token")
            script.steps = [newCustomer(suffix)] + (applied ? [application()].compactMap(\.self) : []) + [last]
        } else {
            change(0, "email", to: .text(freshEmail()), because: "it is somebody who is new here")
            return again < 2
        }
        // What a rule of the scenario or a test value may look at.
        if again > 0, let endpoint = endpoint(of: script.steps.count - 1) {
            script.steps[script.steps.count - 1].body = Specimen.body(of: endpoint).map { .json($0) }
            note("the body is an ordinary one")
        }
        return true
    }

    func askPasscode(_ index: Int, _ rehearsal: Rehearsal) -> Bool {
        guard let endpoint = endpoint(of: index), let place = parameterPlace("userId", endpoint) else { return false }
        let user = script.steps[index].segments[place]
        if !script.steps[..<index].contains(where: { $0.reason == "a passcode is sent" }) {
            let body = Draft.object([Draft.Member(name: "transport", value: .text("email"))])
            insert(
                Step(
                    .post, [.text("v3"), .text("users"), user, .text("send-passcode")], body,
                    reason: "a passcode is sent"), before: index)
            return true
        }
        guard let code = rehearsal.latestPasscode else { return false }
        change(index, "passcode", to: .text(code), because: "the passcode is the one that was sent")
        return true
    }

    func answerQuestions(_ index: Int, _ rehearsal: Rehearsal) -> Bool {
        guard let questions = Routes.byOperation["getVerificationQuestions"] else { return false }
        let isAsked = script.steps[..<index].contains { $0.reason == "the questions are asked" }
        if !isAsked {
            insert(
                Step(.get, questions.path, token: script.steps[index].token, reason: "the questions are asked"),
                before: index)
        }
        let place = isAsked ? index - 1 : index
        guard let played = try? rehearsal.answers(script, through: place), let set = played["data"] else {
            return false
        }
        var answers: [Draft] = []
        for question in set["questions"]?.elements ?? [] {
            let choice = question["choices"]?.elements.first
            answers.append(
                .object([
                    Draft.Member(name: "questionId", value: .text(question["id"]?.string ?? "")),
                    Draft.Member(name: "choiceId", value: .text(choice?["id"]?.string ?? "")),
                ]))
        }
        guard !answers.isEmpty else { return false }
        script.steps[script.steps.count - 1].body = .json(
            .object([
                Draft.Member(name: "id", value: .text(set["id"]?.string ?? "")),
                Draft.Member(name: "answers", value: .array(answers)),
            ]))
        note("the answers are to the latest questions")
        return true
    }
}
