"""docs/tutorial-api.md as it stands there: a shop with the API beside it, its owner's account, and the script."""

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
PAGE = (CHECKOUT / "docs" / "tutorial-api.md").read_text("utf-8")
COMMANDS = [
    shlex.split(line) for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
]
SCRIPT = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
PRINTS = PAGE.split("It prints:")[1].split("```")[1].strip().splitlines()
_ADDRESS = "127.0.0.1:8080"
_PATIENCE = 60.0


def _wabot(*begins: str) -> list[str]:
    """The arguments of the page's command that begins so."""
    [words] = [words[1:] for words in COMMANDS if words[: len(begins) + 1] == ["wabot", *begins]]
    return [word.replace(_ADDRESS, "127.0.0.1:0") for word in words]


@contextmanager
def shop(place: Path) -> Iterator[str]:
    """The page's shop runs in `place` until the block ends; its address, with a port that was free."""
    (place / "customers").mkdir(parents=True)
    (place / "rules").symlink_to(CHECKOUT / "rules")
    (place / "customers" / "warung-sari.in.jsonl").touch()
    log = place / "daemon.log"
    with log.open("wb") as out:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "wabot", *_wabot("run")], cwd=place, stdout=out, stderr=out, stdin=subprocess.DEVNULL
        )
    try:
        yield _address(log, daemon)
    finally:
        daemon.terminate()
        daemon.wait(_PATIENCE)


def _address(log: Path, daemon: "subprocess.Popen[bytes]") -> str:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and daemon.poll() is None:
        said = log.read_text("utf-8", "replace")
        found = re.search(r"the API listens +address=(\S+)", said)
        if found and " connected" in said:
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"wabot run did not begin:\n{log.read_text('utf-8', 'replace')}")


def play(place: Path, url: str) -> "subprocess.CompletedProcess[str]":
    """Make the owner's account, and run the page's script."""
    command = [sys.executable, "-m", "wabot", *_wabot("operator", "add")]
    added = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=_PATIENCE)
    token = re.search(r"token=(\S+)", added.stdout)
    if token is None:
        return added
    (place / "script.py").write_text(SCRIPT.replace(_ADDRESS, url), "utf-8")
    return subprocess.run(
        [sys.executable, "script.py", token[1]], cwd=place, capture_output=True, encoding="utf-8", timeout=100
    )
