"""`wabot validate` on a repository of a thousand tenants, as a user starts it: the first time, and again.

Every process runs on one core, and the best of several counts: the machine has other work, too. The files are
generated into a temporary folder (`bench.tree`), which also holds the cache. `python -m bench.validate [TENANTS]`.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.tree import write_tree
from wabot.language.document import read_document
from wabot.language.folders import find_tenants
from wabot.language.shape import check_shape

TENANTS, RULES = 1_000, 50
FEW = 100
"""Tenants in which reading alone is measured."""


def reading(folder: Path) -> float:
    """Seconds to load the rules of some tenants and hold them against their schema."""
    tenants = find_tenants(folder).folders[:FEW]
    start = time.perf_counter()
    for tenant in tenants:
        if not check_shape(read_document(tenant / "rules.yaml"), "rules"):
            raise SystemExit(f"{tenant} does not fit its schema")
    return time.perf_counter() - start


def validating(folder: Path, cache: Path, *options: str) -> tuple[float, str]:
    """Seconds of a whole process, and what it said."""
    command = [sys.executable, "-m", "wabot", "validate", *options, str(folder)]
    start = time.perf_counter()
    done = subprocess.run(
        command, env={**os.environ, "XDG_CACHE_HOME": str(cache)}, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - start
    if done.returncode > 1:
        raise SystemExit(done.stderr)
    return seconds, done.stdout


def main() -> int:
    tenants = int(sys.argv[1]) if len(sys.argv) > 1 else TENANTS
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # and with this process its children
    with tempfile.TemporaryDirectory() as temporary:
        cache = Path(temporary) / "cache"
        folder = write_tree(Path(temporary) / "rules", tenants, RULES)
        rules = tenants * RULES
        read = min(reading(folder) for _ in range(3)) / (min(FEW, tenants) * RULES)
        without, found = min(validating(folder, cache, "--no-cache") for _ in range(3))
        first, said = min(validating(folder, cache / str(number)) for number in range(3))
        again, told = min(validating(folder, cache / "0") for _ in range(5))
    if not said == told == found:
        print("with the cache wabot says another thing than without it")
        return 1
    print(said.strip().splitlines()[-1])
    print(f"{'':34}seconds   rules/s")
    print(f"{'loading and schema':34}{read * rules:7.2f}   {1 / read:7,.0f}")
    for name, seconds in (("all checks, no cache", without), ("all checks, an empty cache", first)):
        print(f"{name:34}{seconds:7.2f}   {rules / seconds:7,.0f}")
    print(f"{'again, nothing changed':34}{again:7.2f}   {rules / again:7,.0f}   {first / again:.1f}× as fast")
    aims = {
        "loading and schema: at least 10,000 rules/s": 1 / read >= 10_000,
        "all checks: at least 3,000 rules/s": rules / max(first, without) >= 3_000,
        "nothing changed: at least 5× as fast": without / again >= 5,
    }
    for aim, reached in aims.items():
        print(f"{'reached' if reached else 'MISSED '}  {aim}")
    return 0 if all(aims.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
