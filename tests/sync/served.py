"""The small central log behind a real HTTP server on this computer, and servers that misbehave."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec.structs import replace

from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.codec import pack, to_json, unpack
from sync.protocol.signing import ANSWER, answer_text
from tests.sync.central import Central

Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


@contextmanager
def serving(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that answers each POST so; its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer(self, body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that went away is part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    """An answer with its length."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def meja(central: Central, certificates: tuple[str, ...] = ()) -> Answer:
    """Answers as the central log does, signed."""
    lock = threading.Lock()

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        plain = unpack(body, handler.headers.get("Content-Encoding", ""))
        with lock:
            found = central.answer(handler.path, handler.headers.get(routes.DESK, ""), plain)
        if isinstance(found, m.Welcome):
            found = replace(found, certificates=certificates)
        status = 403 if isinstance(found, m.Refused) else 200
        nonce, text = handler.headers[routes.NONCE], to_json(found)
        signature = central.signer.sign(ANSWER, answer_text(nonce, status, text)).hex()
        packed, encoding = pack(text)
        headers = {"Content_Type": "application/json", routes.SIGNATURE.replace("-", "_"): signature}
        if encoding:
            headers["Content_Encoding"] = encoding
        reply(handler, status, packed, **headers)

    return answer
