"""Talks to the model. Frozen. Speaks the OpenAI interface, so CRAFT_BASE_URL may name any endpoint that does.

CRAFT_BASE_URL  where the model is: http://..., https://..., or unix:/path/of/a/socket
CRAFT_API_KEY   sent as a bearer token, where there is one
CRAFT_MODEL     asked for in place of whatever model the app names (for real endpoints)
"""

import http.client
import json
import os
import socket
import threading
from urllib.parse import urlsplit


class ModelError(Exception):
    """The endpoint refused. `status` as in HTTP, `code` as the endpoint words it, `headers` in lower case."""

    def __init__(self, status, code, message, headers=None):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


class Timeout(Exception):
    """No answer within the time given."""


item = ""  # which item is being worked on; the loop sets it, so that calls can be told apart in the trace
_local = threading.local()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _connection(base):
    if getattr(_local, "base", None) != base:
        if base.startswith("unix:"):
            _local.connection, _local.prefix = _UnixConnection(base[5:]), "/v1"
        else:
            parts = urlsplit(base)
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            _local.connection, _local.prefix = kind(parts.netloc, timeout=60), parts.path.rstrip("/")
        _local.base = base
    return _local.connection, _local.prefix


def send(path, body, headers):
    """One request: (status, headers in lower case, body as data)."""
    base = os.environ.get("CRAFT_BASE_URL")
    if not base:
        raise ModelError(0, "no_endpoint", "Set CRAFT_BASE_URL, or start through `python craft.py eval`.")
    payload = json.dumps(body)
    headers = {"Content-Type": "application/json", **headers}
    if os.environ.get("CRAFT_API_KEY"):
        headers["Authorization"] = "Bearer " + os.environ["CRAFT_API_KEY"]
    for last in (False, True):
        connection, prefix = _connection(base)
        try:
            full = path if path.startswith("/tools/") else prefix + path
            connection.request("POST", full, payload, headers)
            reply = connection.getresponse()
            text = reply.read()
            return reply.status, {k.lower(): v for k, v in reply.getheaders()}, json.loads(text or b"{}")
        except socket.timeout as slow:
            connection.close()
            raise Timeout(str(slow)) from None
        except (http.client.HTTPException, OSError) as gone:  # a kept connection may have ended meanwhile
            connection.close()
            if last:
                raise ModelError(0, "no_connection", f"{base} does not answer: {gone}") from None
    raise AssertionError


def chat(model, messages, **options):
    """The endpoint's answer to one chat request, as data. Raises ModelError."""
    body = {"model": os.environ.get("CRAFT_MODEL") or model, "messages": messages, **options}
    return post("/chat/completions", body)


def embed(model, texts):
    """One vector for each text."""
    return [row["embedding"] for row in post("/embeddings", {"model": model, "input": texts})["data"]]


def post(path, body, **headers):
    status, got, data = send(path, body, {"X-Craft-Item": item, **headers})
    if status != 200:
        fault = data.get("error", data) if isinstance(data, dict) else {}
        raise ModelError(status, fault.get("code"), fault.get("message"), got)
    return data


def said(response):
    """The text of an answer."""
    return response["choices"][0]["message"]["content"] or ""
