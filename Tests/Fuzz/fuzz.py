#!/usr/bin/env python3
"""Runs schemathesis over everything that the sandbox serves, and fails on whatever it finds.

usage: fuzz.py BINARY [--examples N] [--at-least REQUESTS] [--seed N]

Three walks, each over a fresh server and with every check and phase: the API with identifiers that schemathesis makes up, the API
with those of a customer who has everything, and the control API. The requests are counted by the server's own log.
"""
import argparse, json, os, subprocess, sys, tempfile, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
KEY = "fuzz"
APPLICATION = {
    "street1": "123 Test Dr.", "city": "Hollywood", "regionAbbr": "FL", "postalCode": "33021", "country": "US",
    "mobilePhone": "6514447773", "dateOfBirth": "1998-03-23", "ssn": "888776666",
    "employmentInformation": {"monthlyIncome": 1250, "payFrequency": "weekly"},
    "bankAccount": {"routing": "021000021", "account": "3483898238239", "type": "checking"},
}


class Server:
    """The built program on a free port, in memory; only one key is admitted, so that a wrong one is refused."""

    def __init__(self, binary, folder):
        ready, self.log = os.path.join(folder, "ready"), os.path.join(folder, "log")
        self.process = subprocess.Popen(
            [binary, "serve", "--port", "0", "--ephemeral", "--api-key", KEY, "--ready-file", ready],
            stdout=subprocess.PIPE, stderr=open(self.log, "w"), text=True)
        self.process.stdout.readline()
        while not os.path.exists(ready):
            if self.process.poll() is not None:
                sys.exit(open(self.log).read())
        self.url = open(ready).read().strip()

    def call(self, method, path, body=None, token=None):
        headers = {"Authorization": KEY, "Content-Type": "application/json"}
        if token:
            headers["customer-token"] = token
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers, method=method)) as response:
            return json.load(response)

    def customer(self):
        """A customer with a decision, a bank account, a signed and finalized lease that has been shipped, and an agreement."""
        created = self.call("POST", "/v3/users", {"firstName": "John", "lastName": "Doe", "email": "john.verify@example.com"})["data"]
        token = created["token"]
        self.call("POST", "/v3/users/me/apply", APPLICATION, token)
        lease = self.call("POST", "/v3/leases", {"transactionId": "ABC-1", "items": [
            {"brand": "Apple", "sku": "abc123", "description": "iPad", "cost": 10, "quantity": 50}]}, token)["data"]["leaseId"]
        self.call("POST", f"/v3/leases/{lease}/sign", {"ipAddress": "127.0.0.1", "signed": True}, token)
        self.call("POST", "/v3/transactions/ABC-1/finalize")
        agreement = self.call("GET", "/v3/customers/me/agreements", token=token)[0]["id"]
        return token, {"userId": created["userId"], "leaseId": lease, "transactionId": "ABC-1", "agreementId": agreement}

    def requests(self):
        with open(self.log) as log:
            return sum(" /" in line for line in log)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def walk(title, binary, arguments, tag, knows):
    with tempfile.TemporaryDirectory() as folder:
        server = Server(binary, folder)
        token, known = server.customer()
        config = os.path.join(folder, "schemathesis.toml")
        with open(os.path.join(HERE, "schemathesis.toml")) as shipped, open(config, "w") as file:
            file.write(shipped.read())
            if knows:
                file.write("\n[parameters]\n" + "".join(f'"path.{name}" = "{value}"\n' for name, value in known.items()))
        print(f"== {title}", flush=True)
        program = os.path.join(os.path.dirname(sys.executable), "schemathesis")
        code = subprocess.run(
            [program, "--no-color", "--config-file", config, "run", server.url + "/openapi.json", "--checks", "all", "--exclude-checks", "unsupported_method,negative_data_rejection",
             "--phases", "examples,coverage,fuzzing,stateful", *tag, "-H", f"Authorization: {KEY}",
             "-H", f"customer-token: {token}", "--max-examples", str(arguments.examples), "--seed", str(arguments.seed),
             "--no-shrink", "--warnings", "off"],
            cwd=folder, env={**os.environ, "PYTHONPATH": HERE, "SCHEMATHESIS_HOOKS": "checks"}).returncode
        alive = server.process.poll() is None
        server.stop()
        count = server.requests()
        print(f"== {title}: {count} requests, {'nothing found' if code == 0 and alive else 'FAILED'}", flush=True)
        return count, code == 0 and alive


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--at-least", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    binary = os.path.abspath(arguments.binary)
    walks = [
        walk("the API, identifiers made up", binary, arguments, ["--exclude-tag", "Control"], False),
        walk("the API, identifiers that exist", binary, arguments, ["--exclude-tag", "Control"], True),
        walk("the control API", binary, arguments, ["--include-tag", "Control"], False),
    ]
    count = sum(requests for requests, _ in walks)
    print(f"{count} requests in all")
    if not all(good for _, good in walks):
        sys.exit(1)
    if count < arguments.at_least:
        sys.exit(f"fewer than {arguments.at_least} requests: raise --examples")


if __name__ == "__main__":
    main()
