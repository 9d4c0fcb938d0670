"""mmg.whatsapp.net: takes files and gives them back."""

import asyncio
import base64
import hashlib
import json
import os
import ssl
from contextlib import suppress
from typing import Final
from urllib.parse import parse_qs, urlsplit

NAME: Final = "mmg.whatsapp.net"
_LINE: Final = "content-length:"


class MediaHost:
    """`files` holds sealed files by path, `requests` what was asked ("GET /path")."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.files: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.port = 0
        self._context = context
        self._server: asyncio.Server | None = None

    def put(self, data: bytes) -> str:
        """Keep a file; its path."""
        path = "/v/t62.7118-24/" + hashlib.sha256(data).hexdigest()[:32]
        self.files[path] = data
        return path + "?ccb=11-4"  # clients append "&hash=…", so there must be a query

    def get(self, path: str) -> bytes:
        """Raises KeyError."""
        return self.files[path.split("?")[0]]

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
                method, target, _ = head[0].split(" ")
                sizes = (int(line.split(":")[1]) for line in head if line.lower().startswith(_LINE))
                body = await reader.readexactly(next(sizes, 0))
                self.requests.append(f"{method} {target.split('?')[0]}")
                status, answer = self._answer(method, target, body)
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)
                await writer.drain()
        writer.close()

    def _answer(self, method: str, target: str, body: bytes) -> tuple[str, bytes]:
        if method == "POST":
            path = self.put(body)
            handle = base64.b64encode(os.urandom(9)).decode()
            return "200 OK", json.dumps(
                {"url": f"https://{NAME}{path}", "direct_path": path, "handle": handle}
            ).encode()
        if method == "DELETE":
            return "200 OK", self._delete(target)
        try:
            return "200 OK", self.get(target)
        except KeyError:
            return "404 Not Found", b""

    def _delete(self, target: str) -> bytes:
        """A client has read what was meant for it alone; `d_md` is the path, in base64."""
        path = parse_qs(urlsplit(target).query).get("d_md", [""])[0]
        self.files.pop(base64.urlsafe_b64decode(path + "=" * (-len(path) % 4)).decode(), None)
        return b""
