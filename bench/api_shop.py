"""The shop of the API's benches: a tenant with a million messages, served by the real `wabot run --api`, simulated."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench.api_store import CHATS, OPERATORS, fill
from bench.pipeline import TENANT
from wabot.api.secret import signing_secret
from wabot.api.tokens import issue
from wabot.model.permissions import ROLE_PERMISSIONS
from wabot.session.clock import RealClock
from wabot.store.sqlite.node import ordering
from wabot.store.sqlite.node.logins import log_in
from wabot.store.sqlite.node.members import change_member, invite
from wabot.store.sqlite.opening import open_file

_WIDE: Final = "1000000"
_SETTINGS: Final = {
    "API_RATE_LIMIT_PER_MINUTE": _WIDE,
    "WABOT_API_PERSON_PER_MINUTE": _WIDE,
    "WABOT_API_TENANT_PER_MINUTE": _WIDE,
    "WABOT_API_SENDS_PER_MINUTE": "10000",
}
_PATIENCE: Final = 60.0


class Shop:
    """The folders, and who may ask."""

    tenant: Final = TENANT.name

    def __init__(self, place: Path, chats: int = CHATS) -> None:
        self.rules, self.sim, self.data = place / "rules", place / "sim", place / "data"
        self.port, self.daemon = 0, 0
        if self.data.exists():  # an earlier run has left it
            self._nothing_waits()
        else:
            self.sim.mkdir()
            shutil.copytree(TENANT, self.rules / TENANT.name)
            file = self.rules / TENANT.name / "tenant.yaml"
            file.write_text(file.read_text().replace("delay: 2s", "delay: 0s").replace("minute: 20", "minute: 600"))
            (self.sim / f"{TENANT.name}.in.jsonl").touch()
            fill(self.data / TENANT.name, chats)

    def _nothing_waits(self) -> None:
        connection = open_file(self.data / TENANT.name)
        connection.execute("UPDATE outbox SET status = 'sent' WHERE status IN ('queued', 'sending')")
        connection.close()

    def token(self, email: str = OPERATORS[0]) -> str:
        """An access token of an owner, as a login gives it."""
        now = RealClock().now()
        with ordering(self.data) as ask:
            account = invite(ask, TENANT.name, email, "Ani", "owner", now, trusted=True).account
            change_member(ask, TENANT.name, email, now, role="owner")
            ask("account_password", account=account, password="no password fits this hash", at=now)
            ask("membership_joined", account=account, tenant=TENANT.name, at=now)
            login = log_in(ask, account, TENANT.name, "", now).id
        return issue(
            signing_secret(self.data, ""),
            tenant=TENANT.name,
            account=account,
            login=login,
            email=email,
            name="Ani",
            role="owner",
            permissions=ROLE_PERMISSIONS["owner"],
            now=now,
        )

    @contextmanager
    def served(self) -> Iterator[None]:
        """`wabot run --api` runs within the block; `port` is the API's."""
        command = [sys.executable, "-m", "wabot", "run", str(self.rules), "--data", str(self.data)]
        command += ["--channel", "simulator", "--sim", str(self.sim), "--api", "127.0.0.1:0", "--log-format", "json"]
        log = self.data.with_name("log")
        with log.open("wb") as said:
            process = subprocess.Popen(
                command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, env=os.environ | _SETTINGS
            )
        self.daemon = process.pid
        try:
            self.port = int(_eventually(lambda: re.search(r'"address": "127\.0\.0\.1:(\d+)"', log.read_text()), log)[1])
            _eventually(lambda: (self.sim / f"{TENANT.name}.out.jsonl").exists(), log)
            _eventually(lambda: b" 200 " in ask(self.port, "GET", "/openapi.json", ""), log)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _eventually(happened: Any, log: Path) -> Any:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            if found := happened():
                return found
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def request(method: str, path: str, token: str, body: Any = None, **headers: str) -> str:
    """The bytes of a request, in Latin-1."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"authorization: Bearer {token}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    content = b"" if body is None else json.dumps(body).encode()
    if body is not None:
        lines += ["content-type: application/json", f"content-length: {len(content)}"]
    return "\r\n".join(lines) + "\r\n\r\n" + content.decode("latin-1")


def ask(port: int, method: str, path: str, token: str, body: Any = None) -> bytes:
    """One answer, whole."""
    import socket

    with socket.create_connection(("127.0.0.1", port), 30) as one:
        one.sendall(request(method, path, token, body, connection="close").encode("latin-1"))
        said = b""
        while part := one.recv(65_536):
            said += part
    return said


def load(port: int, requests: list[tuple[str, str]], seconds: float, clients: int = 50, pause: float = 0.0) -> Any:
    """Have `clients` ask for so long, from a process of their own."""
    plan: Mapping[str, Any] = {
        "port": port,
        "clients": clients,
        "seconds": seconds,
        "pause": pause,
        "requests": requests,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.api_load"], input=json.dumps(plan), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)
