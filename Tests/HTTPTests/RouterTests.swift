import HTTP
import Testing

@Suite struct `The router` {
    private let router = {
        var router = Router<String>()
        router.add(.get, "/v3/users", "list")
        router.add(.post, "/v3/users", "create")
        router.add(.get, "/v3/users/me", "me")
        router.add(.get, "/v3/users/{userId}/authorize", "authorize")
        router.add(.post, "/v3/users/me/apply", "apply")
        return router
    }()

    private func found(_ method: Method, _ path: String) -> String? {
        guard case .match(let match) = router.find(method, Target(path)?.segments ?? []) else { return nil }
        return ([match.value] + match.parameters.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
    }

    @Test(arguments: [
        (Method.get, "/v3/users", String?.some("list")), (.head, "/v3/users", "list"), (.post, "/v3/users/", "create"),
        (.get, "/v3/users/me", "me"), (.get, "/v3/users/1/authorize", "authorize userId=1"),
        (.get, "/v3/users/me/authorize", "authorize userId=me"), (.post, "/v3/users/me/apply", "apply"),
        (.get, "/v3/users/a%2Fb/authorize", "authorize userId=a/b"), (.get, "/v3", nil), (.get, "/v3/users/1", nil),
        (.get, "/v3/users//authorize", nil), (.get, "/v4/users", nil), (.delete, "/v3/users", nil),
    ])
    func `finds what serves a path`(method: Method, path: String, expected: String?) {
        #expect(found(method, path) == expected)
    }

    @Test func `says which methods a path has`() {
        guard case .otherMethods(let allowed) = router.find(.delete, ["v3", "users"]) else {
            Issue.record("it should know the path")
            return
        }
        #expect(allowed == [.get, .post])
    }
}
