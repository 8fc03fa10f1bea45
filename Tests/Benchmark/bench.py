#!/usr/bin/env python3
"""Measures the sandbox beside a bare libmicrohttpd server that answers the same bytes, interleaved in one run.

usage: bench.py SANDBOX-BINARY [--rounds N] [--seconds N]
Needs cc, libmicrohttpd-dev and wrk. Prints what it ran; nothing here passes or fails.
"""
import argparse, http.client, json, os, re, statistics, subprocess, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
KEY = "bench"
CONNECTIONS = 16


def call(port, method, path, body=None, token=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Authorization": KEY, "Content-Type": "application/json"}
    if token:
        headers["customer-token"] = token
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    assert response.status in (200, 201), (path, response.status, answer)
    return answer


class Server:
    """One server process: how it is started, where it listens, what it costs."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(re.search(r"(\d+)\s*$", self.process.stdout.readline()).group(1))

    def cpu_s(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self):
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{self.process.pid}/status").read()).group(1)) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait()


def load(server, arguments, seconds):
    before = server.cpu_s()
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-H", f"Authorization: {KEY}"]
    printed = subprocess.run(command + arguments, capture_output=True, text=True, check=True).stdout
    cpu = server.cpu_s() - before
    requests = int(re.search(r"(\d+) requests in", printed).group(1))
    p99, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", printed).groups()
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1)),
        "cpu": cpu / requests * 1e6,
        "p99": float(p99) * {"us": 0.001, "ms": 1, "s": 1000}[unit],
        "bad": int(bad.group(1)) if bad else 0,
    }


def start_ms(command):
    """From spawning to the first whole answer."""
    began = time.perf_counter()
    server = Server("", command)
    call(server.port, "GET", "/v3/user-exists?email=a@example.com")
    took = (time.perf_counter() - began) * 1000
    resident = server.resident_mb()
    server.stop()
    return took, resident


class Keep:
    """One kept connection, for the many requests that fill a sandbox."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __call__(self, method, path, body=None, token=None):
        headers = {"Authorization": KEY, "Content-Type": "application/json"}
        if token:
            headers["customer-token"] = token
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = self.connection.getresponse()
        answer = response.read()
        assert response.status in (200, 201), (path, response.status, answer)
        return json.loads(answer).get("data") if answer[:1] == b"{" else answer


def turn(command, folder):
    """Reset, save and restore of 10,000 users, each with a decision and a payment method; ten years over 1,000 agreements."""
    print()
    for home, arguments in (("in memory", ["--ephemeral"]), ("on disk", ["--data-dir", f"{folder}/turned"])):
        server = Server("turned", command + arguments + ["--quiet"])
        call = Keep(server.port)
        for number in range(10_000):
            token = call("POST", "/v3/users", {
                "firstName": "J", "lastName": "D", "email": f"user{number}@example.com"})["token"]
            call("POST", "/v3/users/me/apply", APPLICATION, token)
        times = {}
        for _ in range(7):
            for name, request in (("save", ("POST", "/_sandbox/snapshots", {"name": "full"})),
                                  ("reset", ("POST", "/_sandbox/reset")),
                                  ("restore", ("POST", "/_sandbox/snapshots/full/restore"))):
                began = time.perf_counter()
                answer = call(*request)
                times.setdefault(name, []).append((time.perf_counter() - began) * 1000)
                size = answer["size"] if name == "save" else size
        print(f"10,000 users with decision and payment method, {home}, {size / 1e6:.1f} MB, median (worst) of 7: " + ", ".join(
            f"{name} {statistics.median(took):.1f} ms ({max(took):.1f})" for name, took in times.items()))

        times = {}
        for _ in range(7):
            for name in call("GET", "/_sandbox/scenario")["shipped"]:
                began = time.perf_counter()
                call("PUT", "/_sandbox/scenario", {"name": name})
                times.setdefault(name, []).append((time.perf_counter() - began) * 1000)
        slowest = max(times, key=lambda name: statistics.median(times[name]))
        print(f"{len(times)} shipped scenarios, {home}: the slowest, {slowest}, loads in {statistics.median(times[slowest]):.1f} ms "
              f"(worst of all: {max(max(took) for took in times.values()):.1f})")

        call("PUT", "/_sandbox/scenario", {"name": "first-purchase"})
        call("PUT", "/_sandbox/clock", {"mode": "frozen", "now": "2026-03-02T09:00:00Z"})
        for number in range(1000):
            token = call("POST", "/v3/users", {
                "firstName": "J", "lastName": "D", "email": f"user{number}@example.com"})["token"]
            call("POST", "/v3/users/me/apply", APPLICATION, token)
            order = {"transactionId": f"T{number}",
                     "items": [{"brand": "b", "sku": "s", "description": "d", "cost": 400, "quantity": 1}]}
            lease = call("POST", "/v3/leases", order, token)["leaseId"]
            call("POST", f"/v3/leases/{lease}/sign", {"ipAddress": "127.0.0.1", "signed": True}, token)
            call("POST", f"/v3/transactions/T{number}/finalize")
            call("POST", f"/v3/transactions/T{number}/confirm-receipt")
        began = time.perf_counter()
        events = call("POST", "/_sandbox/clock/advance", {"by": "P10Y"})
        print(f"ten years over 1,000 agreements, {home}: {(time.perf_counter() - began) * 1000:.0f} ms, "
              f"{events['count']:,} events, {len(events['events']):,} of them listed")
        server.stop()


APPLICATION = {
    "street1": "123 Test Dr.", "city": "Hollywood", "regionAbbr": "FL", "postalCode": "33021", "country": "US",
    "mobilePhone": "6514447773", "dateOfBirth": "1998-03-23", "ssn": "888776666",
    "employmentInformation": {"monthlyIncome": 1250, "payFrequency": "weekly"},
    "bankAccount": {"routing": "021000021", "account": "3483898238239", "type": "checking"}}


def share(results, name, with_journal, without):
    """The median of each round's own share, so that a slow moment of the machine counts on both sides."""
    pairs = zip(results[name, with_journal], results[name, without])
    return f"{statistics.median(on['rate'] / off['rate'] for on, off in pairs):.0%}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(options, folder)


def measure(options, folder):
    bare = os.path.join(folder, "bare")
    subprocess.run(["cc", "-O2", "-o", bare, f"{HERE}/bare.c", "-lmicrohttpd"], check=True)

    serve = [options.binary, "serve", "--port", "0"]
    homes = {
        "sandbox": ["--data-dir", f"{folder}/data"], "without its journal": ["--data-dir", f"{folder}/silent", "--no-journal"],
        "in memory": ["--ephemeral"], "in memory without": ["--ephemeral", "--no-journal"],
    }
    sandboxes = {name: Server(name, serve + home) for name, home in homes.items()}
    for server in sandboxes.values():
        created = call(server.port, "POST", "/v3/users", {"firstName": "J", "lastName": "D", "email": "j@example.com"})
        server.token = json.loads(created)["data"]["token"]
        call(server.port, "POST", "/v3/users/me/apply", APPLICATION, server.token)
        call(server.port, "POST", "/v3/leases", {
            "transactionId": "T1", "items": [{"brand": "b", "sku": "s", "description": "d", "cost": 400, "quantity": 1}],
        }, server.token)
    sandbox = sandboxes["sandbox"]
    me = call(sandbox.port, "GET", "/v3/users/me", token=sandbox.token)
    open(f"{folder}/get", "wb").write(me)
    open(f"{folder}/post", "wb").write(created)
    floor = Server("bare", [bare, f"{folder}/get", f"{folder}/post"])
    floor.token = sandbox.token

    commands = {"sandbox": serve + ["--ephemeral"], "sandbox, on disk": None, "bare": floor.process.args}
    starts = {name: [] for name in commands}
    for number in range(20):
        commands["sandbox, on disk"] = serve + ["--data-dir", f"{folder}/start{number}"]
        for name, command in commands.items():
            starts[name].append(start_ms(command))

    results = {}
    for number in range(options.rounds):
        for server in [*sandboxes.values(), floor]:
            url = f"http://127.0.0.1:{server.port}"
            runs = {
                "GET users/me": ["-H", f"customer-token: {server.token}", f"{url}/v3/users/me"],
                "POST users": ["-H", "Content-Type: application/json", "-s", f"{HERE}/create.lua", url, str(number)],
            }
            for name, arguments in runs.items():
                results.setdefault((name, server.name), []).append(load(server, arguments, options.seconds))

    print(f"{options.rounds} rounds of {options.seconds} s, interleaved; wrk -t1 -c{CONNECTIONS}, keep-alive; "
          f"{os.cpu_count()} cores, shared with wrk; on disk; medians. users/me is {len(me)} bytes.")
    for name, runs in starts.items():
        times = sorted(took for took, _ in runs)
        print(f"start to first answer, {name}: {statistics.median(times):.1f} ms (worst of {len(times)}: {times[-1]:.1f}); "
              f"resident idle: {statistics.median(mb for _, mb in runs):.1f} MB")
    for name in ("GET users/me", "POST users"):
        medians = {}
        for server in [*sandboxes, "bare"]:
            runs = results[name, server]
            medians[server] = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
            row = medians[server]
            print(f"{name}, {server}: {row['rate']:,.0f} req/s, {row['cpu']:.1f} CPU µs a request, "
                  f"p99 {row['p99']:.2f} ms" + (f", {row['bad']:.0f} BAD ANSWERS" if row["bad"] else ""))
        print(f"{name}: {medians['sandbox']['cpu'] / medians['bare']['cpu']:.2f} × the bare server's CPU; the journal leaves "
              f"{share(results, name, 'sandbox', 'without its journal')} of the throughput on disk, "
              f"{share(results, name, 'in memory', 'in memory without')} in memory")
    print(f"resident after the load: {sandbox.resident_mb():.1f} MB")
    for server in [*sandboxes.values(), floor]:
        server.stop()
    turn(serve, folder)


if __name__ == "__main__":
    main()
