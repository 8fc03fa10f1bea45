#!/usr/bin/env python3
"""Stands between a client and a sandbox, and lies three times: a key renamed, a number as text, a status.

usage: liar.py BASE-URL READY-FILE

Serves on a free port of 127.0.0.1, whose URL it writes to READY-FILE; ends with its standard input.
"""
import http.server, os, sys, threading, urllib.error, urllib.request

UPSTREAM, READY = sys.argv[1:3]


class Liar(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else None
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")}
        request = urllib.request.Request(UPSTREAM + self.path, body, headers, method=self.command)
        try:
            with urllib.request.urlopen(request) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        if self.path.endswith("/finalize"):
            text = text.replace(b"leaseNumber", b"leaseNo")
        elif self.path.endswith("/settings/lease"):
            text = text.replace(b"49.95", b'"49.95"')
        elif self.path.endswith("/paymentMethods/add") and status == 201:
            status = 200
        # In chunks, as many servers send.
        self.send_response(status)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (text[:10], text[10:]):
            if piece:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
threading.Thread(target=server.serve_forever, daemon=True).start()
with open(READY + ".new", "w") as file:
    file.write(f"http://127.0.0.1:{server.server_port}")
os.rename(READY + ".new", READY)
print("ready", flush=True)
sys.stdin.read()
