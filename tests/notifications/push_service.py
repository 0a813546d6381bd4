"""A push service and a browser as they are: real HTTP, and keys that decrypt what was sent."""

import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from notifications.push.keys import decode, encode


@dataclass
class Browser:
    private: ec.EllipticCurvePrivateKey
    auth: bytes

    def subscription(self, endpoint):
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return {"endpoint": endpoint, "p256dh": encode(point), "auth": encode(self.auth)}

    def read(self, body):
        words = http_ece.decrypt(
            body, private_key=self.private, auth_secret=self.auth, version="aes128gcm"
        )
        return json.loads(words)


def make_browser():
    return Browser(ec.generate_private_key(ec.SECP256R1()), os.urandom(16))


@dataclass
class Arrived:
    path: str
    headers: dict
    body: bytes


@dataclass
class PushService:
    """What came, and how it answers: `answers` by path, or `status`."""

    arrived: list[Arrived] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    status: int = 201
    hang: threading.Event | None = None
    public_key: str = ""

    def start(self):
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if service.hang:
                    service.hang.wait(20)
                status = service.answers.get(self.path, service.status)
                if status < 300:
                    service.arrived.append(Arrived(self.path, dict(self.headers), body))
                self.send_response(status)
                if status == 307:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        if self.hang:
            self.hang.set()
        self.server.shutdown()
        self.server.server_close()

    def claims(self, arrived):
        """What the token says, once its signature holds with the key beside it."""
        scheme, _space, rest = arrived.headers["Authorization"].partition(" ")
        assert scheme == "vapid"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        point = decode(parts["k"])
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        audience = "{0.scheme}://{0.netloc}".format(urlsplit(self.origin))
        return jwt.decode(parts["t"], key, algorithms=["ES256"], audience=audience)
