import HTTP
import Testing

@Suite struct `A target` {
    @Test func `has back what was escaped`() {
        #expect("a b/ü?=&%".percentEncoded == "a%20b%2F%C3%BC%3F%3D%26%25")
        let target = Target("/\("a b/ü?=&%".percentEncoded)?\("x y".percentEncoded)=\("1+1".percentEncoded)")
        #expect(target?.segments == ["a b/ü?=&%"])
        #expect(target?.query == [NamedValue("x y", "1+1")])
    }

    @Test(arguments: [
        ("/", []), ("/v3/users", ["v3", "users"]), ("/v3/users/", ["v3", "users"]),
        ("/a%2Fb/c", ["a/b", "c"]), ("//a", ["a"]), ("/v3///users//", ["v3", "users"]), ("//", []), ("/%00", ["\u{0}"]),
        ("/a+b", ["a+b"]), ("/%E2%82%AC", ["€"]),
        ("/v3?x=/y/z", ["v3"]),
    ])
    func `is split before it is decoded`(raw: String, segments: [String]) {
        #expect(Target(raw)?.segments == segments)
    }

    @Test func `has a query in any order`() {
        let target = Target("/p?b=2&a=1%26&&c&d=x=y&e=a+b%2B")
        #expect(
            target?.query == [
                NamedValue("b", "2"), NamedValue("a", "1&"), NamedValue("c", ""), NamedValue("d", "x=y"),
                NamedValue("e", "a b+"),
            ])
        #expect(target?.path == "/p")
    }

    @Test(arguments: [
        "", "v3/users", "ftp://x/y", "http://", "http:///y", "http://a@b/y", "http://x:99999/", "x:y", "/%", "/%4",
        "/%zz", "/%ff", "/?a=%C3",
    ])
    func `is refused when it is malformed`(raw: String) {
        #expect(Target(raw) == nil)
    }

    @Test(arguments: [
        ("http://api.example.com/v3/users?a=b", ["v3", "users"], "api.example.com"), ("HTTP://x", [], "x"),
        ("https://x:8443?a=b", [], "x:8443"), ("http://[::1]:6338/v3", ["v3"], "[::1]:6338"),
    ])
    func `may be a whole URL, as a client sends its proxy`(raw: String, segments: [String], authority: String) {
        #expect(Target(raw)?.segments == segments)
        #expect(Target(raw)?.authority == authority)
    }

    @Test func `may be the whole server`() {
        #expect(Target("*")?.isWholeServer == true)
        #expect(Target("/*")?.isWholeServer == false)
    }
}

@Suite struct `Header fields` {
    @Test func `are found without regard to case`() {
        let fields: Fields = ["Customer-Token": "a", "X-A": "1", "x-a": "2"]
        #expect(fields["customer-token"] == "a")
        #expect(fields["x-a"] == "1")
        #expect(fields.count(of: "x-a") == 2)
        #expect(fields["customer_token"] == nil)
    }
}
