"""The way to WhatsApp: straight, or through the proxy that the daemon would take."""

import socket
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from wabot.cli.health.finding import Checked
from wabot.model.errors import UsageError

_WHATSAPP: Final = ("web.whatsapp.com", 443)
_PLACE: Final = "web.whatsapp.com:443"
_PATIENCE: Final = 10.0
_PORTS: Final = {"http": 80, "socks5": 1080}
_SETTING: Final = "WABOT_WHATSAPP_PROXY"
_REFUSALS: Final = {
    1: "general failure",
    2: "not allowed",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "it took too long",
    7: "it knows no CONNECT",
    8: "it takes no names of hosts",
}
"""Of RFC 1928."""


class _Refused(Exception):
    """The proxy answers, and does not lead there."""


def whatsapp(environ: Mapping[str, str]) -> Checked:
    """Whether WhatsApp can be reached; `environ` and the node file that it names say through which proxy."""
    from wabot.daemon.settings import read_settings

    try:
        proxy = read_settings({}, environ).settings.proxy
    except UsageError as error:
        return _fail(
            f"{_PLACE} was not tried, for the settings are wrong: {' '.join(str(error).split())}",
            "mend them: docs/settings.md",
        )
    return _through(proxy) if proxy else _straight()


def _straight() -> Checked:
    try:
        socket.create_connection(_WHATSAPP, timeout=_PATIENCE).close()
    except OSError as error:
        do = f"look at the network, DNS and firewall; wabot needs outgoing port 443, or a proxy ({_SETTING})"
        return _fail(f"{_PLACE} cannot be reached ({error})", do)
    return Checked("ok", "machine", f"{_PLACE} can be reached")


def _through(proxy: str) -> Checked:
    try:
        place = urlsplit(proxy)
        host, port = place.hostname or "", place.port or _PORTS.get(place.scheme, 0)
    except ValueError:
        host, port, place = "", 0, SplitResult("", "", "", "", "")
    if not host or place.scheme not in _PORTS:  # a password may stand in it, so it is not shown
        return _fail(f"{_SETTING} is no address of a proxy", "write http://HOST:PORT or socks5://HOST:PORT")
    shown = f"the proxy {host}:{port} ({_SETTING})"
    try:
        with socket.create_connection((host, port), timeout=_PATIENCE) as connection:
            (_by_http if place.scheme == "http" else _by_socks)(connection, place)
    except _Refused as error:
        do = f"let the proxy lead to {_PLACE} and mmg.whatsapp.net:443, or name another one"
        return _fail(f"{shown} does not lead to {_PLACE} ({error})", do)
    except OSError as error:
        return _fail(f"{shown} cannot be reached ({error})", "is it running, and are its name and port right?")
    return Checked("ok", "machine", f"{_PLACE} can be reached through {shown}")


def _by_http(connection: socket.socket, place: SplitResult) -> None:
    from base64 import b64encode

    headers = {}
    if place.username:
        secret = f"{unquote(place.username)}:{unquote(place.password or '')}".encode()
        headers["Proxy-Authorization"] = f"Basic {b64encode(secret).decode()}"
    asked = HTTPConnection(*_WHATSAPP)
    asked.sock = connection
    try:
        asked.request("CONNECT", _PLACE, headers=headers)
        answer = asked.getresponse()
    except (HTTPException, TimeoutError, ConnectionError) as error:
        raise _Refused(f"its answer is none of an HTTP proxy: {error or type(error).__name__}") from None
    if answer.status // 100 != 2:
        raise _Refused(f"{answer.status} {answer.reason}")


def _by_socks(connection: socket.socket, place: SplitResult) -> None:
    """RFC 1928, and RFC 1929 for the name and password. The proxy looks up the name, as it does for the library."""
    user, password = unquote(place.username or "").encode(), unquote(place.password or "").encode()
    try:
        connection.sendall(b"\x05\x02\x00\x02" if user else b"\x05\x01\x00")
        version, method = _read(connection, 2)
        if version != 5:
            raise _Refused("its answer is none of a SOCKS5 proxy")
        if method == 2:
            connection.sendall(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
            method = _read(connection, 2)[1]
        if method != 0:
            raise _Refused("it wants another name and password" if user else "it wants a name and a password")
        host, port = _WHATSAPP
        connection.sendall(b"\x05\x01\x00\x03" + bytes([len(host)]) + host.encode() + port.to_bytes(2, "big"))
        reply = _read(connection, 4)[1]
    except (TimeoutError, ConnectionError) as error:
        raise _Refused(f"its answer is none of a SOCKS5 proxy: {error or type(error).__name__}") from None
    if reply:
        raise _Refused(_REFUSALS.get(reply, f"code {reply}"))


def _read(connection: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        more = connection.recv(count - len(got))
        if not more:
            raise ConnectionError("it closed the connection")
        got += more
    return got


def _fail(found: str, do: str) -> Checked:
    return Checked("fail", "machine", found, do)
