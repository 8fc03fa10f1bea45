#!/usr/bin/env python3
"""Asks for millions of answers, and watches the sandbox's memory and its database, with the default bounds of the journal.

usage: memory.py SANDBOX-BINARY [--requests N] [--ephemeral]
Needs wrk. Prints what it ran and saw; nothing here passes or fails.
"""
import argparse, glob, json, os, re, subprocess, tempfile

from bench import APPLICATION, HERE, KEY, Server, call


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--requests", type=int, default=10_000_000)
    parser.add_argument("--ephemeral", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = ["--ephemeral"] if options.ephemeral else ["--data-dir", folder]
        server = Server("sandbox", [options.binary, "serve", "--port", "0", "--quiet"] + home)
        created = call(server.port, "POST", "/v3/users", {"firstName": "J", "lastName": "D", "email": "j@example.com"})
        token = json.loads(created)["data"]["token"]
        call(server.port, "POST", "/v3/users/me/apply", APPLICATION, token)

        def journal():
            return json.loads(call(server.port, "GET", "/_sandbox/requests?latest=true&limit=1&all=true"))["data"]

        def load(seconds):
            printed = subprocess.run(
                ["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", f"{HERE}/mixed.lua", f"http://127.0.0.1:{server.port}", token],
                capture_output=True, text=True, check=True).stdout
            return float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1))

        rate = load(10)
        warm = server.resident_mb()
        seen, worst = [warm], 0.0
        print(f"mixed reads and refusals, wrk -t1 -c16, {' '.join(home[:1])}: {rate:,.0f} req/s; "
              f"resident after {journal()['requests'][-1]['id']:,} requests: {warm:.2f} MB")
        while True:
            load(20)
            done = journal()["requests"][-1]["id"]
            seen.append(server.resident_mb())
            worst = max(worst, max(abs(mb / warm - 1) for mb in seen))
            if done >= options.requests:
                break
        size = sum(os.path.getsize(name) for name in glob.glob(f"{folder}/*.sqlite*")) / 1e6
        held = journal()
        print(f"after {done:,}: {seen[-1]:.2f} MB, between {min(seen):.2f} and {max(seen):.2f} (at most {worst:.1%} from the first); "
              f"{held['found']:,} entries held, {held['evicted']:,} made room; files {size:.1f} MB")
        server.stop()


if __name__ == "__main__":
    main()
