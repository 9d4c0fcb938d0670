"""What a tenant costs while nobody writes: processor time, and memory by what takes it.

`make bench`. The real `wabot run` with ten tenants on the simulator, left alone for half a minute; then one process
that loads what a session loads, step by step.
"""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.processes import below, descriptors, private, pss, running, seconds
from bench.soak import Shops

TENANTS: Final = 10
IDLE: Final = 30.0
AIM: Final = 0.01
"""Of one core, a tenant."""

STEPS: Final = (
    ("Python itself", "pass"),
    ("asyncio, sqlite3, json", "import asyncio, sqlite3, json"),
    ("structlog", "import wabot.daemon.structured"),
    ("YAML, schemas (jsonschema-rs)", "import yaml, wabot.language.tenant"),
    ("matchers (RE2, Aho-Corasick, rapidfuzz)", "import wabot.engine.load"),
    ("watchfiles", "import watchfiles"),
    ("the session, its store", "import wabot.daemon.child, wabot.session.session, wabot.store.sqlite"),
    ("a tenant's rules, loaded", "from pathlib import Path; kept = wabot.engine.load.load_tenant(Path({tenant!r}))"),
    ("neonize's Python modules and Go library (WhatsApp only)", "import neonize.aioze.client"),
)


def main() -> int:
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        shops = Shops(Path(folder), TENANTS)
        try:
            share = idle(shops)
        finally:
            shops.process.send_signal(signal.SIGTERM)
            shops.process.wait(60)
        steps(shops.rules / shops.names[0])
    print(f"\naim: ≤ {AIM:.0%} of a core a tenant: {'reached' if share <= AIM else 'MISSED'}")
    return 0 if share <= AIM else 1


def idle(shops: Shops) -> float:
    while not shops.connected():
        time.sleep(0.2)
    time.sleep(3)
    others = below(shops.process.pid)
    sessions, nursery = running("wabot.daemon.child", others), running("wabot.daemon.nursery", others)
    before = {pid: seconds(pid) for pid in (shops.process.pid, *others)}
    time.sleep(IDLE)
    spent = {pid: (seconds(pid) - before[pid]) / IDLE for pid in before}
    share = sum(spent[pid] for pid in sessions) / len(sessions)
    print("| | CPU, of a core | PSS | private | descriptors |\n|---|---:|---:|---:|---:|")
    each = [sum(of(pid) for pid in sessions) / len(sessions) for of in (pss, private, descriptors)]
    print(f"| a session | {share:.2%} | {each[0] / 1e6:.1f} MB | {each[1] / 1e6:.1f} MB | {each[2]:.0f} |")
    rows = [("the supervisor", shops.process.pid), *(("the process they are forked from", pid) for pid in nursery)]
    for title, pid in rows:
        sizes = f"{pss(pid) / 1e6:.1f} MB | {private(pid) / 1e6:.1f} MB | {descriptors(pid)}"
        print(f"| {title} | {spent[pid]:.2%} | {sizes} |")
    return share


def steps(tenant: Path) -> None:
    """What each part adds to a process of its own."""
    lines = ["import re, sys", "def told():"]
    lines += ["    text = open('/proc/self/smaps_rollup').read()"]
    lines += ["    print(re.search(r'^Rss:\\s+(\\d+)', text, re.M)[1], flush=True)"]
    for _, code in STEPS:
        lines += [code.format(tenant=str(tenant)), "told()"]
    out = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True).stdout
    numbers = [int(line) / 1024 for line in out.split()[-len(STEPS) :]]
    print("\n| a session's memory | adds | in all (RSS) |\n|---|---:|---:|")
    for (title, _), before, after in zip(STEPS, [0.0, *numbers], numbers, strict=False):
        print(f"| {title} | {after - before:.1f} MB | {after:.1f} MB |")


if __name__ == "__main__":
    sys.exit(main())
