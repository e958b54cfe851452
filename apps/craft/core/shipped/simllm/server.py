"""The endpoint: HTTP on a port of this machine or on a Unix socket. It reads no file and starts nothing."""

import json
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .model import Model, Reply, error

MOST = 4_000_000  # bytes of one request


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = False
    timeout = 300

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        try:
            size = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            size = -1
        if not 0 <= size <= MOST:
            self.close_connection = True
            self._send(error(413, "too_large", f"A request has at most {MOST} bytes."))
            return
        try:
            body = json.loads(self.rfile.read(size) or b"{}")
        except (ValueError, RecursionError):
            self._send(error(400, "invalid_json", "The body is not JSON."))
            return
        self._answer(body)

    def _answer(self, body: object) -> None:
        path = self.path.split("?")[0].rstrip("/")
        item = self.headers.get("X-Craft-Item") or ""
        try:
            at = float(self.headers.get("X-Sim-Time") or 0)
        except ValueError:
            at = 0.0
        with self.server.turn:  # type: ignore[attr-defined]
            try:
                reply = self.server.endpoint(path, body, item, at)  # type: ignore[attr-defined]
            except Exception as fault:
                print(f"{path}: {fault!r}", file=sys.stderr)
                reply = error(500, "internal", "The simulated model failed. This is a fault of the kit, not yours.")
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        payload = json.dumps(reply.body).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload)
        self.wfile.flush()

    def log_message(self, *args: object) -> None:
        """Silent: the log that matters is the model's."""

    def address_string(self) -> str:
        return "local"


class TcpServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, model: Model, port: int = 0, backend: "Any" = None) -> None:
        self.endpoint = endpoint_of(model, backend)
        self.turn = threading.Lock()
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


def endpoint_of(model: Model, backend: "Any") -> "Callable[[str, object, str, float], Reply]":
    """Everything under /v1 is the model's; a kit may bring more (the tools of its world), under /tools."""

    def endpoint(path: str, body: object, item: str, at: float) -> Reply:
        if backend is not None and path.startswith("/tools/"):
            return backend.call(path[len("/tools/") :], body, item=item)
        return model.answer(path, body, item=item, at=at)

    return endpoint


if hasattr(socketserver, "UnixStreamServer"):

    class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True

        def __init__(self, model: Model, path: str, backend: "Any" = None) -> None:
            self.endpoint = endpoint_of(model, backend)
            self.turn = threading.Lock()
            super().__init__(path, Handler)
