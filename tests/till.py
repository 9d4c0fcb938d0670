"""A shop's own system on this machine, a real HTTP server, that knows of orders and answers as it is told."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Till:
    """A shop's own system, on this machine. `said` is what it answers (status, body); while `held` is cleared it
    answers nothing."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.said: tuple[int, bytes] = (200, b'{"totalOrders": 3}')
        self.held = threading.Event()
        self.held.set()
        till = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                till.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                till.held.wait(20)
                status, body = till.said
                with contextlib.suppress(OSError):  # whoever asked has hung up
                    self.send_response(status)
                    if 300 <= status < 400:
                        self.send_header("location", "/elsewhere")
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/orders?phone={{phone}}"


@contextmanager
def open_till() -> Iterator[Till]:
    till = Till()
    threading.Thread(target=till.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield till
    finally:
        till.held.set()
        till.server.shutdown()
        till.server.server_close()
