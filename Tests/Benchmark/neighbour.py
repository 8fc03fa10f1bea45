#!/usr/bin/env python3
"""How long one sandbox waits while another does what takes longest, each thing at its limit.

usage: neighbour.py SANDBOX-BINARY [--quick]
A neighbour asks for its customer again and again, on a connection of its own, from a process of its own. Each line is one call of the other
sandbox: how long it took, and the longest and the median wait of the neighbour meanwhile. Prints what it ran; nothing here passes or fails.
"""
import argparse, http.client, json, multiprocessing, os, re, socket, sqlite3, statistics, subprocess, tempfile, time

APPLICATION = {
    "street1": "123 Test Dr.", "city": "Hollywood", "regionAbbr": "FL", "postalCode": "33021", "country": "US",
    "mobilePhone": "6514447773", "dateOfBirth": "1998-03-23", "ssn": "888776666",
    "employmentInformation": {"monthlyIncome": 1250, "payFrequency": "weekly"},
    "bankAccount": {"routing": "021000021", "account": "3483898238239", "type": "checking"}}


class Program:
    def __init__(self, binary, *arguments):
        self.process = subprocess.Popen([binary, "serve", "--port", "0", "--quiet", *arguments], stdout=subprocess.PIPE, text=True)
        self.port = int(re.search(r"(\d+)\s*$", self.process.stdout.readline()).group(1))

    def cpu_s(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Client:
    def __init__(self, port, key):
        self.key = key
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def __call__(self, method, path, body=None, token=None, type="application/json", expected=(200, 201)):
        headers = {"Authorization": self.key}
        if body is not None:
            headers["Content-Type"] = type
        if token:
            headers["customer-token"] = token
        self.connection.request(method, path, body if isinstance(body, (bytes, type_none)) else json.dumps(body), headers)
        response = self.connection.getresponse()
        answer = response.read()
        assert response.status in expected, (method, path, response.status, answer[:500])
        return json.loads(answer).get("data") if answer[:1] == b"{" else answer


type_none = type(None)


def neighbour(port, token, orders, waits):
    """Asks as fast as it is answered, and tells the waits since it was last asked for them."""
    request = (f"GET /v3/users/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: neighbour\r\ncustomer-token: {token}\r\n\r\n").encode()
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    took = []
    while True:
        began = time.perf_counter()
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer or len(answer) < answer.index(b"\r\n\r\n") + 4 + int(re.search(rb"content-length: (\d+)", answer, re.I).group(1)):
            piece = connection.recv(65536)
            assert piece, "the neighbour's connection was closed"
            answer += piece
        took.append((time.perf_counter() - began) * 1000)
        assert b" 200 " in answer[:20], answer[:200]
        if orders.poll():
            if orders.recv() is None:
                return
            waits.send(took)
            took = []
        time.sleep(0.0005)


class Neighbour:
    def __init__(self, port, token):
        (mine, its), (self.waits, telling) = multiprocessing.Pipe(), multiprocessing.Pipe()
        self.orders = mine
        self.process = multiprocessing.Process(target=neighbour, args=(port, token, its, telling), daemon=True)
        self.process.start()

    def waited(self):
        self.orders.send(True)
        return self.waits.recv()


def create(call, number):
    return call("POST", "/v3/users", {"firstName": "J", "lastName": "D", "email": f"user{number}@example.com"})["token"]


def world(call, agreements):
    """A customer with a lease and an agreement whose first payment is due; its rows are then multiplied as rows."""
    call("POST", "/_sandbox/reset")
    call("PUT", "/_sandbox/clock", {"mode": "frozen", "now": "2026-03-02T09:00:00Z"})
    token = create(call, 0)
    call("POST", "/v3/users/me/apply", APPLICATION, token)
    if agreements:
        order = {"transactionId": "T0", "items": [{"brand": "b", "sku": "s", "description": "d", "cost": 400, "quantity": 1}]}
        lease = call("POST", "/v3/leases", order, token)["leaseId"]
        call("POST", f"/v3/leases/{lease}/sign", {"ipAddress": "127.0.0.1", "signed": True}, token)
        call("POST", "/v3/transactions/T0/finalize")
        call("POST", "/v3/transactions/T0/confirm-receipt")
    call("POST", "/_sandbox/snapshots", {"name": "seed"})
    return call("GET", "/_sandbox/snapshots/seed")


def multiplied(image, count, megabytes=None):
    """The snapshot with its customer and all that belongs to it `count` times; or until it has so many megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/world.sqlite"
        open(path, "wb").write(image)
        database = sqlite3.connect(path)
        database.execute("PRAGMA foreign_keys = OFF")
        tables = {}
        for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
            columns = [(row[1], row[2], row[5]) for row in database.execute(f"PRAGMA table_info({name})")]
            links = {row[3]: (row[2], row[4]) for row in database.execute(f"PRAGMA foreign_key_list({name})")}
            rows = database.execute(f"SELECT * FROM {name}").fetchall()
            tables[name] = (columns, links, rows)
        owned = {"users"}
        while True:
            more = {name for name, (_, links, rows) in tables.items() if rows and {table for table, _ in links.values()} & owned} - owned
            if not more:
                break
            owned |= more
        counts = {name: len(tables[name][2]) for name in owned}

        def root(name, column):
            """The table whose rows a column counts; a key may be another's."""
            target = tables[name][1].get(column)
            if target:
                return root(*target)
            return name if column == "id" else None

        step = 0
        while step < count - 1:
            step += 1
            for name in owned:
                columns, _, rows = tables[name]
                for row in rows:
                    values = []
                    for (column, type, key), value in zip(columns, row):
                        owner = root(name, column)
                        if owner in owned and value is not None:
                            value += step * counts[owner]
                        elif column in ("email", "reference") and isinstance(value, str):
                            value = value.replace("0", str(step), 1)
                        values.append(value)
                    database.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(values))})", values)
            if megabytes and step % 2000 == 0 and database.execute("PRAGMA page_count").fetchone()[0] * 4096 > megabytes * 1_000_000:
                break
        database.commit()
        database.close()
        return open(path, "rb").read(), step + 1


class Table:
    def __init__(self, port, token):
        self.other = Neighbour(port, token)
        self.lines = []

    def measure(self, name, action):
        time.sleep(0.1)
        self.other.waited()
        began = time.perf_counter()
        answer = action()
        took = (time.perf_counter() - began) * 1000
        waits = self.other.waited()
        self.lines.append({"call": name, "tookMilliseconds": took, "longest": max(waits), "median": statistics.median(waits), "asked": len(waits)})
        print(f"{name:64} {took:10.1f} {max(waits):10.1f} {statistics.median(waits):10.2f} {len(waits):8}", flush=True)
        return answer


def scenario(bytes):
    """As many customers as a file may have."""
    text = ["about: as large as a scenario may be", "given:", "  users:"]
    size, number = 60, 0
    while True:
        line = f"    u{number}: {{ firstName: Ann, lastName: Lee, email: u{number}@example.com }}"
        size += len(line) + 1
        if size > bytes:
            return "\n".join(text)
        text.append(line)
        number += 1


def run(binary, home, quick):
    server = Program(binary, *home)
    call = Client(server.port, "busy")
    near = Client(server.port, "neighbour")
    table = Table(server.port, create(near, 0))
    print(f"\n{'in memory' if home == ['--ephemeral'] else 'on disk':64} {'took, ms':>10} {'longest':>10} {'median':>10} {'asked':>8}")
    scale = 10 if quick else 1
    table.measure("nothing", lambda: time.sleep(2))

    def use(label, image):
        table.measure(f"upload of {label}", lambda: call("PUT", "/_sandbox/snapshots/it", image, type="application/octet-stream"))
        table.measure(f"restore of {label}", lambda: call("POST", "/_sandbox/snapshots/it/restore"))

    large, count = multiplied(world(call, False), 10_000_000, 126 / scale)
    use(f"a world of {len(large) / 1e6:.0f} MB, {count:,} customers", large)
    table.measure("  the first write after it", lambda: create(call, "first"))
    table.measure("  save", lambda: call("POST", "/_sandbox/snapshots", {"name": "again"}))
    table.measure("  download", lambda: call("GET", "/_sandbox/snapshots/again"))
    call("POST", "/v3/users", {"firstName": "J"}, expected=(400,))
    table.measure("  explain", lambda: call("GET", "/_sandbox/explain/latest"))
    table.measure("  state", lambda: call("GET", "/_sandbox/state"))
    table.measure("  reset", lambda: call("POST", "/_sandbox/reset"))

    people, count = multiplied(world(call, False), 100_000 // scale)
    use(f"{count:,} customers", people)
    table.measure("  state", lambda: call("GET", "/_sandbox/state"))
    table.measure("  the last page of users", lambda: call("GET", f"/v3/users?limit=1000&page={max(1, min(1000, count // 1000))}"))
    agreed, count = multiplied(world(call, True), 20_000 // scale)
    use(f"{count:,} agreements", agreed)
    table.measure("  when the next thing falls due", lambda: call("GET", "/_sandbox/clock"))
    table.measure("  ten years", lambda: call("POST", "/_sandbox/clock/advance", {"by": "P10Y"}))
    table.measure("  state", lambda: call("GET", "/_sandbox/state"))
    call("POST", "/_sandbox/reset")

    text = scenario(980_000 // scale)  # Beside it in the body, each end of a line is two bytes.
    table.measure(f"scenario of {len(text):,} bytes", lambda: call("PUT", "/_sandbox/scenario", {"name": "large", "text": text}))
    broken = text.replace("firstName", "fristName")
    table.measure("  the same, with a mistake in each line", lambda: call("PUT", "/_sandbox/scenario", {"name": "large", "text": broken}, expected=(400,)))
    latin = "about: " + "\u00e9" * 40_000
    table.measure("scenario of one line of Latin-1", lambda: call(
        "PUT", "/_sandbox/scenario", ('{"name":"l","text":"' + latin + '"}').encode("latin-1"), expected=(200, 400)))
    call("POST", "/_sandbox/reset")

    call("PATCH", "/_sandbox/settings", {"journalEntries": 10_000, "journalBytes": 100_000_000})
    token = create(call, 1)
    for _ in range(10_000 // scale):
        call("GET", "/v3/users/me", token=token)
    table.measure("requests, filtered, of 10,000", lambda: call("GET", "/_sandbox/requests?path=*x*y*z&all=true"))
    table.measure("report over 10,000", lambda: call("GET", "/_sandbox/report"))
    table.measure("report over 10,000, as a page", lambda: call("GET", "/_sandbox/report?format=html"))
    patterns = [{"path": f"*{'v*3*u*s*' * 20}{number}"} for number in range(100)]
    table.measure("verify, 100 patterns over 10,000", lambda: call("POST", "/_sandbox/verify", {"requests": patterns}, expected=(409,)))
    plain = [{"operation": "createUser", "body": {"email": f"x{number}@example.com"}} for number in range(100)]
    table.measure("verify, 100 plain ones over 10,000", lambda: call("POST", "/_sandbox/verify", {"requests": plain}, expected=(409,)))
    table.measure("OpenAPI", lambda: call("GET", "/openapi.json"))

    beside(server, call, token, table, 1000 // scale)
    server.stop()
    return table.lines


def beside(server, call, token, table, most):
    """What a request costs beside verifications that wait."""
    def cost(count=4000):
        for _ in range(500):
            call("GET", "/v3/users/me", token=token)
        before = server.cpu_s()
        for _ in range(count):
            call("GET", "/v3/users/me", token=token)
        return (server.cpu_s() - before) / count * 1e6

    table.other.orders.send(None)
    for operation in ("createLease", "getUserDetails"):
        waiting = []
        for wanted in (0, 10, most):
            while len(waiting) < wanted:
                body = json.dumps({"requests": [{"operation": operation, "status": 402, "count": len(waiting) + 1}], "within": "PT1M"})
                one = socket.create_connection(("127.0.0.1", server.port))
                one.sendall((f"POST /_sandbox/verify HTTP/1.1\r\nHost: localhost\r\nAuthorization: busy\r\nContent-Type: application/json\r\n"
                             f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
                waiting.append(one)
            call("GET", "/_sandbox/health")
            times = [cost() for _ in range(3)]
            print(f"a request beside {wanted:5} waiting verifications of {operation:16}: {statistics.median(times):6.1f} µs of CPU "
                  f"({min(times):.1f} to {max(times):.1f})", flush=True)
        for one in waiting:
            one.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--quick", action="store_true", help="a tenth of each limit")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = run(options.binary, ["--ephemeral"], options.quick) + run(options.binary, ["--data-dir", f"{folder}/data"], options.quick)
    print(f"the longest wait of all: {max(line['longest'] for line in lines):.1f} ms")


if __name__ == "__main__":
    main()
