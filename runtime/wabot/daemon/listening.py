"""`/healthz`, `/readyz` and `/metrics`: a few lines of HTTP on the supervisor's own event loop, so that an answer says
that the loop is alive. Nothing is written, and nothing but these three is answered."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, NamedTuple

from wabot.daemon.overview import Overview
from wabot.model.errors import UsageError

_MOST: Final = 8_192
"""Bytes of a request's head."""
_PATIENCE: Final = 5.0
"""Seconds that a client has to send it, and to take the answer."""
_AT_ONCE: Final = 32
_REASONS: Final = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}
_LOOPBACK: Final = ("127.", "localhost:", "[::1]:")


class Page(NamedTuple):
    status: int
    kind: str
    body: bytes


Pages = Mapping[str, Callable[[], Page]]


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches the address."""
    return address.startswith(_LOOPBACK)


def plain(status: int, text: str) -> Page:
    return Page(status, "text/plain; charset=utf-8", f"{text}\n".encode())


def readiness(overview: Overview) -> Page:
    """200 when every tenant answers or is silent as it should be and the API lives where there is to be one, else 503;
    which tenant does what is in the body, and how the API stands."""
    tenants = [
        {
            "tenant": view.tenant,
            "ready": overview.ready(view),
            "state": view.state,
            "detail": "its process tells nothing any more" if overview.stuck(view) else view.detail,
            "action": view.action,
            "until": view.until or None,
            "first_contacts_stopped_until": view.backlog.get("first_contacts_until") or None,
            "restarts": view.restarts,
        }
        for view in sorted(overview.tenants.values(), key=lambda view: view.tenant)
    ]
    ready = all(tenant["ready"] for tenant in tenants) and overview.api_lives()
    api = None
    if overview.api is not None:
        told = overview.api
        api = {
            "ready": overview.api_lives(),
            "state": told.status,
            "address": told.address,
            "detail": told.detail,
            "restarts": told.restarts,
        }
    body = json.dumps({"ready": ready, "api": api, "tenants": tenants}, ensure_ascii=False).encode("utf-8", "replace")
    return Page(200 if ready else 503, "application/json", body + b"\n")


async def serve(address: str, pages: Pages) -> tuple[asyncio.Server, str]:
    """Answer at HOST:PORT until the server is closed; also the address with the port that was given for port 0.

    Raises:
        UsageError: nobody can listen there.
    """
    host, _, port = address.rpartition(":")
    busy = asyncio.Semaphore(_AT_ONCE)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with busy, asyncio.timeout(_PATIENCE):
                writer.write(_response(await _request(reader), pages))
                await writer.drain()
        except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asks so badly gets no answer
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    try:
        server = await asyncio.start_server(answer, host.strip("[]"), int(port), limit=_MOST)
    except OSError as error:
        raise UsageError(f"listen: {address} cannot be listened on: {error.strerror or error}") from error
    return server, f"{host}:{server.sockets[0].getsockname()[1]}"


async def _request(reader: asyncio.StreamReader) -> tuple[str, str]:
    """Method and path."""
    head = await reader.readuntil(b"\r\n\r\n")
    method, target, protocol = head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
    if not protocol.startswith("HTTP/1."):
        raise ValueError("no HTTP")
    return method, target.split("?", 1)[0]


def _response(request: tuple[str, str], pages: Pages) -> bytes:
    method, path = request
    make = pages.get(path)
    if make is None:
        page = plain(404, f"there are {', '.join(sorted(pages))}")
    elif method not in ("GET", "HEAD"):
        page = plain(405, "GET or HEAD")
    else:
        page = make()
    head = (
        f"HTTP/1.1 {page.status} {_REASONS[page.status]}\r\ncontent-type: {page.kind}\r\n"
        f"content-length: {len(page.body)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + (b"" if method == "HEAD" else page.body)
