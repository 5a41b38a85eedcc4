"""The same endpoint in Python, using only the standard library: STRIPE_WEBHOOK_SECRET=... python3 server.py"""

import hashlib
import hmac
import json
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# During a rotation both secrets are accepted.
SECRETS = [os.environ["STRIPE_WEBHOOK_SECRET"].encode()]
if os.environ.get("STRIPE_PREVIOUS_SECRET"):
    SECRETS.append(os.environ["STRIPE_PREVIOUS_SECRET"].encode())
TOLERANCE_SECONDS = 300
MAX_BODY_BYTES = 1_048_576
DEADLINE_SECONDS = 2

lock = threading.Lock()
states = {}  # id: "running" or "done"; in a real app use a database, so that it survives the process
effects = []
modes = set()


class Refused(Exception):
    def __init__(self, status):
        self.status = status


def verify(header, body):
    """Raises Refused unless one of the v1 signatures is genuine and its timestamp is recent."""
    items = [item.partition("=")[::2] for item in header.split(",")]
    times = [value for key, value in items if key == "t"]
    signatures = [value for key, value in items if key == "v1"]
    if len(times) != 1 or not re.fullmatch(r"[1-9][0-9]{0,11}", times[0]):
        raise Refused(401)
    if abs(time.time() - int(times[0])) > TOLERANCE_SECONDS:
        raise Refused(401)
    text = times[0].encode() + b"." + body
    expected = [hmac.new(secret, text, hashlib.sha256).hexdigest().encode() for secret in SECRETS]
    # compare_digest accepts different lengths, but only ASCII text.
    if not any(hmac.compare_digest(one.encode(), right) for one in signatures for right in expected):
        raise Refused(401)


def handle(event_id):
    """Handles an event: claims it in one step, records it when it is done, releases it when it fails."""
    with lock:
        state = states.get(event_id)
        if state == "running":
            raise Refused(503)
        if state == "done":
            return
        states[event_id] = "running"
    try:
        if "failing" in modes:
            raise RuntimeError("The database is away.")
        if "hanging" in modes:
            time.sleep(DEADLINE_SECONDS)
            raise TimeoutError
        effects.append(event_id)
        states[event_id] = "done"
    except Exception:
        with lock:
            del states[event_id]
        raise Refused(500) from None


class Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_POST(self):
        path, query = self.target()
        try:
            if path == "/control" and os.environ.get("NODE_ENV") != "production":
                ((name, (value,)),) = query.items()
                (modes.add if value == "on" else modes.discard)(name)
                return self.answer(204)
            if path != "/webhooks/stripe":
                raise Refused(404)
            body = self.read_body()
            headers = self.headers.get_all("stripe-signature") or []
            if len(headers) != 1:
                raise Refused(401)
            verify(headers[0], body)
            try:
                event_id = json.loads(body.decode("utf-8"))["id"]
            except (ValueError, KeyError, TypeError):
                raise Refused(400) from None
            handle(event_id)
            self.answer(200)
        except Refused as refused:
            self.answer(refused.status)

    def do_GET(self):
        path, query = self.target()
        if path != "/control":
            return self.answer(404)
        if "order" in query:
            return self.answer(200, json.dumps(effects))
        self.answer(200, str(effects.count(query["effects"][0])))

    def do_HEAD(self):
        self.answer(405)

    def target(self):
        parts = urlsplit(self.path)
        return parts.path, parse_qs(parts.query, keep_blank_values=True)

    def read_body(self):
        """The bytes as received, up to the limit."""
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            raise self.refused_unread(415)
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return self.read_chunks()
        length = int(self.headers.get("content-length", "0"))
        if length > MAX_BODY_BYTES:
            raise self.refused_unread(413)
        return self.rfile.read(length)

    def read_chunks(self):
        body = b""
        while True:
            size = int(self.rfile.readline(32).split(b";")[0], 16)
            chunk = self.rfile.read(size)
            self.rfile.readline(32)
            if size == 0:
                return body
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise self.refused_unread(413)

    def refused_unread(self, status):
        self.close_connection = True
        return Refused(status)

    def answer(self, status, text=""):
        content = text.encode()
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", str(len(content)))
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Endpoint).serve_forever()
