"""`wabot run` on the simulator, as a process that tests can talk to, watch and kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.tenants import number_of, rules, write_tenant

PATIENCE = 30.0
"""Seconds until something that must happen counts as not happening."""

JAM = "  - id: jam-buka\n    trigger: {type: keyword, keywords: [jam buka]}\n    response: Kami buka tiap hari kak.\n"


def eventually(happened: Callable[[], Any], what: str) -> Any:
    """Poll until `happened()` is true; its value."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := happened():
            return found
        time.sleep(0.02)
    raise AssertionError(f"never happened: {what}")


class Daemon:
    """A folder of tenants, their customers, and the processes that serve them."""

    def __init__(self, place: Path) -> None:
        self.rules, self.sim, self.data = place / "rules", place / "sim", place / "data"
        self.log = place / "daemon.log"
        self.sim.mkdir()
        self.process: subprocess.Popen[bytes] | None = None
        self.second: subprocess.Popen[bytes] | None = None
        self.said = 0
        self.environ: dict[str, str] = {}

    def tenant(self, name: str = "warung", text: str = JAM, **settings: str) -> Path:
        auto = "".join(f"  {key}: {value}\n" for key, value in settings.items())
        files = rules(text)
        files["tenant.yaml"] = (
            f'version: 1\nname: {name.title()}\nphone: "{number_of(name)}"\ntimezone: Asia/Jakarta\n'
            + (f"auto_reply:\n{auto}" if auto else "")
        )
        (self.sim / f"{name}.in.jsonl").touch()
        return write_tenant(self.rules / name, files)

    def start(self, *flags: str, **environment: str) -> subprocess.Popen[bytes]:
        self.process = self._run(self.rules, *flags, **environment)
        return self.process

    def beside(self, tenant: str) -> subprocess.Popen[bytes]:
        """A second daemon on the same data, for one tenant."""
        self.second = self._run(self.rules / tenant)
        return self.second

    def _run(self, path: Path, *flags: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "wabot", "run", str(path), "--data", str(self.data)]
        command += ["--channel", "simulator", "--sim", str(self.sim), *flags]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=os.environ | self.environ | environment
            )

    def say(self, text: str, sender: str = "6281200000001", tenant: str = "warung", **more: object) -> None:
        self.said += 1
        line = {"id": f"A{self.said}", "from": sender, "name": "Budi", "text": text, **more}
        with (self.sim / f"{tenant}.in.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")

    def lines(self, tenant: str = "warung") -> Iterator[dict[str, Any]]:
        path = self.sim / f"{tenant}.out.jsonl"
        content = path.read_text("utf-8") if path.exists() else ""
        for line in content.splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)

    def replies(self, tenant: str = "warung") -> list[str]:
        return [line["text"] for line in self.lines(tenant) if "text" in line]

    def states(self, tenant: str = "warung") -> list[str]:
        return [line["state"] for line in self.lines(tenant) if "state" in line]

    def connected(self, tenant: str = "warung", times: int = 1) -> None:
        eventually(
            lambda: self.states(tenant).count("connected") >= times, f"{tenant} connected {times} times: {self.told()}"
        )

    def told(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def children(self) -> dict[str, int]:
        """Tenant → process id of its session."""
        return {Path(command[3].decode()).name: pid for pid, command in self._below(b"wabot.daemon.child")}

    def nursery(self) -> int:
        """The process from which sessions are forked; 0 when there is none."""
        return next((pid for pid, _ in self._below(b"wabot.daemon.nursery")), 0)

    def _below(self, module: bytes) -> Iterator[tuple[int, list[bytes]]]:
        assert self.process is not None
        for entry in Path("/proc").iterdir():
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                command = (entry / "cmdline").read_bytes().split(b"\0")
            except (OSError, IndexError):
                continue
            if int(stat[1]) == self.process.pid and module in command:
                yield int(entry.name), command

    def kill(self, tenant: str = "warung") -> None:
        os.kill(self.children()[tenant], signal.SIGKILL)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def status(self, tenant: str = "warung") -> dict[str, Any]:
        out = subprocess.run(
            [sys.executable, "-m", "wabot", "status", "--data", str(self.data), "--format", "json", "--tenant", tenant],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        data: dict[str, Any] = json.loads(out)["tenants"][0]
        return data

    def wabot(self, *words: str) -> Any:
        """A command over the data folder, and what it told machines."""
        ran = subprocess.run(
            [sys.executable, "-m", "wabot", *words, "--data", str(self.data), "--format", "json"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr + ran.stdout
        return json.loads(ran.stdout)

    def run_wabot(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """A command over the data folder, for people."""
        command = [sys.executable, "-m", "wabot", *words, "--data", str(self.data)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def end(self) -> None:
        if self.second is not None and self.second.poll() is None:
            self.second.kill()
            self.second.wait()
        if self.process is not None and self.process.poll() is None:
            children = self.children()
            self.process.kill()
            self.process.wait()
            for pid in children.values():
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
