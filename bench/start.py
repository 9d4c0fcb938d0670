"""How long whole commands take, beside a Python that does nothing, measured by turns in the same run.

The rules are the repository's examples. Bytecode and the cache are wherever the user has them: here in a temporary
folder, warm, as they are from the second command on. `python -m bench.start`.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
WABOT = Path(sys.executable).with_name("wabot")
ROUNDS = 25
AIMS = {'wabot test "jam buka?"': 6.0, "wabot --help": 12.0}
COMMANDS: dict[str, Sequence[str]] = {
    "python -c pass": (sys.executable, "-c", "pass"),
    'wabot test "jam buka?"': (str(WABOT), "test", "jam buka?"),
    "wabot --help": (str(WABOT), "--help"),
    "wabot validate": (str(WABOT), "validate"),
    'wabot test menu --name "Ani"': (str(WABOT), "test", "menu", "--name", "Ani"),
}


def seconds(command: Sequence[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def measured(folder: str) -> dict[str, list[float]]:
    environment = {**os.environ, "XDG_CACHE_HOME": folder, "PYTHONPYCACHEPREFIX": folder}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for command in COMMANDS.values():
        seconds(command, environment)
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command, environment))
    return times


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        times = measured(folder)
    floor = times["python -c pass"]
    print(f"{'':30}{'median':>9}{'best':>9}   median / python -c pass   best / best")
    ratios = {}
    for name, taken in times.items():
        middle, best = statistics.median(taken), min(taken)
        ratios[name] = min(middle / statistics.median(floor), best / min(floor))
        print(
            f"{name:30}{middle * 1000:6.0f} ms{best * 1000:6.0f} ms"
            f"{middle / statistics.median(floor):20.1f}×{best / min(floor):18.1f}×"
        )
    missed = False
    for name, most in AIMS.items():
        reached = ratios[name] <= most
        missed |= not reached
        print(f"{'reached' if reached else 'MISSED '}  {name}: at most {most:g}× python -c pass")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
