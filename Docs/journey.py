#!/usr/bin/env python3
"""Walks the integration guide with plain HTTP: one customer, from an unknown e-mail to a returned item.

usage: journey.py BASE-URL [API-KEY]

Each call's status and shape (keys, types, nesting) is compared with the documented sample, which stands in openapi.json: the one beside this
file, else the server's own. Prints a line a call, then the count of documented routes; exits with 1 when anything differs. Needs nothing but
Python's own library.
"""
import base64, json, os, sys, time, urllib.error, urllib.request

BESIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "openapi.json")
ROUTES = 24


class Difference(Exception):
    pass


def shape(answer, sample, path="body"):
    """Raises where an answer has other keys or types than the sample."""
    if isinstance(sample, dict):
        if not isinstance(answer, dict):
            raise Difference(f"{path} is no object")
        missing, extra = sorted(sample.keys() - answer.keys()), sorted(answer.keys() - sample.keys())
        if missing or extra:
            raise Difference(f"{path}: missing {missing}, not documented {extra}")
        for key in sample:
            shape(answer[key], sample[key], f"{path}.{key}")
    elif isinstance(sample, list):
        if not isinstance(answer, list):
            raise Difference(f"{path} is no array")
        for index, element in enumerate(answer):
            shape(element, sample[0], f"{path}[{index}]")
    elif isinstance(sample, bool) or isinstance(answer, bool):
        if type(sample) is not type(answer):
            raise Difference(f"{path} is {type(answer).__name__}, not {type(sample).__name__}")
    elif isinstance(sample, (int, float)) != isinstance(answer, (int, float)):
        raise Difference(f"{path} is {type(answer).__name__}, not {type(sample).__name__}")


def described(base):
    """The paths of the OpenAPI document."""
    try:
        if os.path.exists(BESIDE):
            with open(BESIDE) as file:
                return json.load(file)["paths"]
        with urllib.request.urlopen(base + "/openapi.json") as response:
            return json.load(response)["paths"]
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"journey.py: no samples to compare with: {BESIDE} is not there, and {base}/openapi.json answers: {error}")


class Walk:
    def __init__(self, base, key):
        self.base, self.key, self.seen, self.failures = base.rstrip("/"), key, set(), 0
        self.paths = described(self.base)

    def sample(self, method, path, status):
        """The documented path that a call's path fits, and the sample of its answer with that status."""
        parts = path.split("?")[0].split("/")

        def fits(template):
            names = template.split("/")
            return len(names) == len(parts) and all(name.startswith("{") or name == part for name, part in zip(names, parts))
        # Where several fit, the one with the fewest parameters.
        template = min((one for one, methods in self.paths.items() if fits(one) and method.lower() in methods), key=lambda one: one.count("{"))
        content = self.paths[template][method.lower()]["responses"][str(status)]["content"]["application/json"]
        return template, content["example"] if "example" in content else next(iter(content["examples"].values()))["value"]

    def call(self, title, method, path, body=None, token=None, sample=None):
        """Sends a request, and compares with the documented sample of that status."""
        headers = {"Authorization": self.key}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if token:
            headers["customer-token"] = token
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                status, answer = response.status, json.load(response)
        except urllib.error.HTTPError as error:
            status, answer = error.code, json.load(error)
        problem = ""
        if sample:
            template, documented = self.sample(method, path, sample)
            try:
                if status != sample:
                    raise Difference(f"status {status}, not {sample}: {json.dumps(answer)}")
                shape(answer, documented)
                self.seen.add((method, template))
            except Difference as difference:
                problem = str(difference)
        self.say(title, method, path, status, problem)
        return answer

    def check(self, title, holds):
        if not holds:
            self.say(title, "", "", "", "does not hold")

    def say(self, title, method, path, status, problem):
        self.failures += bool(problem)
        path = path if len(path) < 60 else path[:40] + "…" + path[-12:]
        print(f"{'DIFFERS' if problem else 'ok':8}{title:34}{method:5}{path} {status}" + (f"\n        {problem}" if problem else ""))


APPLICATION = {
    "street1": "123 Test Dr.", "street2": "Apt 2", "city": "Hollywood", "regionAbbr": "FL", "postalCode": "33021",
    "country": "US", "mobilePhone": "6514447773", "dateOfBirth": "1998-03-23", "ssn": "888776666",
    "employmentInformation": {"name": "Flexshopper", "phone": "6514447773", "monthlyIncome": 1250, "payFrequency": "weekly"},
}
CARD = {
    "primary": True, "label": "My Visa Card",
    "token": {
        "expirationDate": "2030-09", "cardType": "visa", "lastFour": "1234", "firstSix": "411111",
        "token": "b219cb1d-669f-464a-a943-cf5c8f176653", "billingZip": "20146",
    },
}


def order(number):
    return {
        "transactionId": f"ABC-{number}", "orderId": "2f962a52-df63-426f-abc7-617055dba2f7",
        "items": [{"brand": "Apple", "sku": "abc123", "description": "iPad Mini", "cost": 100.23, "condition": "new", "quantity": 2}],
        "shipping": {"cost": 1.23, "method": "ground"}, "payTomorrowTaxTotal": 12.34,
    }


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    walk = Walk(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "journey-key")
    # New on each run, so that the script can walk the same sandbox twice.
    run = str(time.time_ns())
    email = f"journey.{run}@example.com"
    call = walk.call

    unknown = call("the e-mail is unknown", "GET", f"/v3/user-exists?email={email}")
    walk.check("exists is false", unknown["data"] == {"exists": False})
    call("create the customer", "POST", "/v3/users",
         {"firstName": "John", "lastName": "Doe", "email": email, "password": "correct horse"}, sample=200)
    known = call("the e-mail is known", "GET", f"/v3/user-exists?email={email}", sample=200)
    user = known["data"]["userId"]
    token = call("mint a token", "GET", f"/v3/users/{user}/authorize", sample=200)["data"]["token"]
    call("a key to tokenise a card (LPP)", "POST", "/v3/paymentMethods/child-transaction-key", sample=200)
    call("a key to tokenise a card (Clover)", "GET", "/v3/gateways/clover/pkms", sample=200)
    call("add a card", "POST", "/v3/paymentMethods/add", CARD, token, sample=201)
    call("verify a bank account", "POST", f"/v3/paymentMethods/{user}/verifyACH",
         {"accountNumber": "3483898238239", "routingNumber": "021000021"}, sample=200)
    methods = call("payment methods", "GET", "/v3/customers/me/payment-methods", token=token, sample=200)
    before = call("no decision yet", "GET", "/v3/users/me", token=token)
    walk.check("there is no decision", "decision" not in before["data"])
    applied = call("apply", "POST", "/v3/users/me/apply", APPLICATION, token, sample=200)
    walk.check("the decision is approved", applied["data"]["decision"]["status"] == "approved")
    call("phone and address match", "POST", "/v3/users/exists", {
        "email": email, "phone": "651-444-7773", "address": {
            "street1": "123 Test Drive", "street2": "Apartment 2", "city": "Hollywood", "region": "FL",
            "postalCode": "33021", "country": "US"}}, sample=200)

    lease = call("create a lease", "POST", "/v3/leases", order(run), token, sample=200)["data"]["leaseId"]
    pending = call("the lease is pending", "GET", f"/v3/leases/{lease}", token=token, sample=200)
    walk.check("leaseStatus is pending", pending["data"]["leaseStatus"] == "pending")
    walk.check("the contract is HTML", b"<html" in base64.b64decode(pending["data"]["contract"]))
    call("approved, with a transaction", "GET", "/v3/users/me", token=token, sample=200)
    call("sign", "POST", f"/v3/leases/{lease}/sign", {"ipAddress": "127.0.0.1", "signed": True}, token, sample=200)
    call("finalize", "POST", f"/v3/transactions/ABC-{run}/finalize", sample=200)
    today = time.strftime("%Y-%m-%d", time.gmtime())
    call("confirm the shipment", "POST", f"/v3/transactions/ABC-{run}/confirm-shipment",
         {"items": [{"sku": "abc123", "carrier": "ups", "trackingNumber": "9MTR1T96LAWV", "shipDate": today, "deliveryDate": today}]},
         sample=200)
    shipped = call("the transaction has shipped", "GET", f"/v3/transactions/ABC-{run}", sample=200)
    walk.check("quantityByStatus counts it", shipped["data"]["items"][0]["quantityByStatus"] == {"ordered": 2, "shipped": 2})
    call("the vendor's transactions", "GET", "/v3/transactions?page=1&limit=1&leaseStatus=signed", sample=200)
    returned = call("return one item", "POST", f"/v3/transactions/ABC-{run}/return",
                    {"items": [{"sku": "abc123", "quantity": 1}, {"sku": "unknown", "quantity": 1}]}, sample=200)
    walk.check("one is returned, one failed", returned["data"] == {
        "returned": [{"sku": "abc123", "quantity": 1}], "failed": [{"sku": "unknown", "quantity": 1}]})
    agreements = call("agreements", "GET", "/v3/customers/me/agreements", token=token, sample=200)
    payment = {"paymentMethodId": methods[0]["id"], "amount": 2}
    collected = call("collect a payment", "POST",
                     f"/v3/customers/me/agreements/{agreements[0]['id']}/transactions/payment", payment, token)
    walk.check("it is collected", collected[0]["outcome"] == "success" and collected[0]["amount"] == 2)
    call("the vendor's users", "GET", "/v3/users?limit=1", sample=200)

    declined(walk, run)
    call("an unknown lease", "GET", "/v3/leases/unknown", token=token, sample=404)

    print(f"{len(walk.seen)} of {ROUTES} documented routes answered with their documented status and shape")
    sys.exit(0 if walk.failures == 0 and len(walk.seen) == ROUTES else 1)


def declined(walk, run):
    """A second customer, whose order is picked up in part and cancelled in part, and whose payments decline."""
    call = walk.call
    created = call("a customer whose payments decline", "POST", "/v3/users",
                   {"firstName": "Jane", "lastName": "Doe", "email": f"{run}.decline@example.com"}, sample=200)
    token = created["data"]["token"]
    first = dict(APPLICATION, bankAccount={"routing": "021000021", "account": "3483898238239", "type": "checking"})
    call("apply, with a bank account", "POST", "/v3/users/me/apply", first, token)
    lease = call("create a lease", "POST", "/v3/leases", order(run + "-2"), token, sample=200)["data"]["leaseId"]
    call("sign", "POST", f"/v3/leases/{lease}/sign", {"ipAddress": "127.0.0.1", "signed": True}, token, sample=200)
    call("finalize", "POST", f"/v3/transactions/ABC-{run}-2/finalize", sample=200)
    call("confirm the receipt of one", "POST", f"/v3/transactions/ABC-{run}-2/confirm-receipt",
         {"items": [{"sku": "abc123", "quantity": 1}]}, sample=200)
    canceled = call("cancel both", "POST", f"/v3/transactions/ABC-{run}-2/cancel",
                    {"items": [{"sku": "abc123", "quantity": 2}]}, sample=200)
    walk.check("one is cancelled, the delivered one is not", canceled["data"] == {
        "canceled": [{"sku": "abc123", "quantity": 1}], "failed": [{"sku": "abc123", "quantity": 1}]})
    method = call("payment methods", "GET", "/v3/customers/me/payment-methods", token=token)[0]["id"]
    agreement = call("agreements", "GET", "/v3/customers/me/agreements", token=token, sample=200)[0]["id"]
    call("a declined payment", "POST", f"/v3/customers/me/agreements/{agreement}/transactions/payment",
         {"paymentMethodId": method, "amount": 2}, token, sample=200)


if __name__ == "__main__":
    main()
