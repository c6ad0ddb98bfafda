"""The HTTP service.

GET /healthz says that the process works, GET /readyz that it wants requests: it stops saying so
as soon as it shuts down, so that the cluster sends requests elsewhere.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from .log import log
from .metrics import Metrics

PROBES = ("/healthz", "/readyz", "/metrics")


class Service:
    def __init__(self, name: str, version: str, environment: str, port: int) -> None:
        self._about = {"name": name, "version": version, "environment": environment}
        self._ready = True
        self._metrics = Metrics()
        self._server = ThreadingHTTPServer(("", port), self._handler())
        # Requests that are under way are finished before the process ends.
        self._server.daemon_threads = False

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def run(self) -> None:
        """Answers until it is stopped."""
        self._server.serve_forever(poll_interval=0.1)
        self._server.server_close()

    def stop(self, grace_seconds: float = 0) -> None:
        """Wants no more requests, and ends after a moment for the cluster to notice."""
        self._ready = False
        threading.Timer(grace_seconds, self._server.shutdown).start()

    def answer(self, path: str) -> tuple[int, str, str]:
        """Status, type and text of the answer to a GET."""
        if path == "/metrics":
            return 200, "text/plain", self._metrics.text()
        routes = {
            "/": (200, self._about),
            "/healthz": (200, {"status": "ok"}),
            "/readyz": (200, {"status": "ready"})
            if self._ready
            else (503, {"status": "shutting down"}),
        }
        status, body = routes.get(path, (404, {"error": "not found"}))
        return status, "application/json", json.dumps(body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply(*service.answer(urlsplit(self.path).path))

            do_HEAD = do_GET

            def do_POST(self) -> None:
                body = json.dumps({"error": "method not allowed"})
                self._reply(405, "application/json", body)

            do_PUT = do_PATCH = do_DELETE = do_POST

            def _reply(self, status: int, kind: str, text: str) -> None:
                started = time.monotonic()
                content = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)
                service._metrics.count(status)
                path = urlsplit(self.path).path
                log(
                    "debug" if path in PROBES else "info",
                    "request",
                    method=self.command,
                    path=path,
                    status=status,
                    milliseconds=round((time.monotonic() - started) * 1000),
                )

            def log_message(self, format: str, *args: object) -> None:
                """Each request has its line already."""

        return Handler
