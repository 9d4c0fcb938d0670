"""How soon a change of many files is live, and what a daemon costs that has nothing to do.

One real `wabot run` on the simulator, with a tenant of 200 rules in 200 templates that git checks out by turns; the
time runs from the end of `git checkout` to the log line that the rules are live. Idle: CPU and memory (PSS, what would
be free without it) of the supervisor and of each session, over some seconds. `python -m bench.reload`.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RULES = 200
TENANTS = 4
ROUNDS = 10
IDLE = 20.0
AIM_LIVE = 1.0
AIM_CPU = 0.01


def git(folder: Path, *words: str) -> None:
    command = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def write(place: Path) -> None:
    """Tenants in a repository with two branches that differ in every template of the first tenant."""
    for number in range(TENANTS):
        folder = place / f"tenant-{number}"
        (folder / "templates").mkdir(parents=True)
        phone = f"62811{number:08}"
        text = f'version: 1\nname: Bench\nphone: "{phone}"\ntimezone: Asia/Jakarta\n'
        (folder / "tenant.yaml").write_text(text, "utf-8")
        rules = "".join(
            f"  - id: r{rule}\n    trigger: {{type: keyword, keywords: [kata{rule}]}}\n"
            f"    response: {{type: template, template: t{rule}.j2}}\n"
            for rule in range(RULES)
        )
        (folder / "rules.yaml").write_text(f"version: 1\nrules:\n{rules}", "utf-8")
    git(place, "init", "-b", "old")
    for branch in ("old", "new"):
        for path in place.iterdir():
            if path.name.startswith("tenant-") and (branch == "old" or path.name == "tenant-0"):
                for rule in range(RULES):
                    (path / "templates" / f"t{rule}.j2").write_text(f"{branch} {rule}\n", "utf-8")
        if branch == "new":
            git(place, "checkout", "-b", "new")
        git(place, "add", ".")
        git(place, "commit", "-m", branch)


def wait(log: Path, count: int) -> float:
    while log.read_text("utf-8").count("rules are live") < count:
        time.sleep(0.005)
    return time.perf_counter()


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Megabytes."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write(place / "rules")
        log = place / "log"
        command = [sys.executable, "-m", "wabot", "run", str(place / "rules"), "--data", str(place / "data")]
        command += ["--channel", "simulator", "--sim", str(place / "sim")]
        (place / "sim").mkdir()
        for number in range(TENANTS):
            (place / "sim" / f"tenant-{number}.in.jsonl").touch()
        with log.open("w") as out:
            daemon = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        try:
            wait(log, TENANTS)
            taken, count = [], TENANTS
            for number in range(ROUNDS):
                git(place / "rules", "checkout", "new" if number % 2 else "old")
                ended = time.perf_counter()
                count += 1
                taken.append(wait(log, count) - ended)
            time.sleep(2)
            reloads = log.read_text("utf-8").count("rules are live") - TENANTS
            pids = {"supervisor": [daemon.pid], "session": children(daemon.pid)}
            before = {pid: cpu(pid) for group in pids.values() for pid in group}
            time.sleep(IDLE)
            used = {pid: (cpu(pid) - began) / IDLE for pid, began in before.items()}
            print(
                f"checkout of {RULES} files to live: median {statistics.median(taken):.2f} s, worst {max(taken):.2f} s"
            )
            print(f"checkouts: {ROUNDS}, reloads: {reloads}")
            for group, members in pids.items():
                load = statistics.mean(used[pid] for pid in members)
                size = statistics.mean(map(memory, members))
                print(f"idle {group:12} {load * 100:5.2f} % of a core, {size:5.1f} MB (mean of {len(members)})")
            missed = statistics.median(taken) > AIM_LIVE or reloads != ROUNDS or max(used.values()) > AIM_CPU
        finally:
            daemon.terminate()
            daemon.wait()
    if missed:
        print(f"an aim is missed: live within {AIM_LIVE} s, one reload a checkout, {AIM_CPU:.0%} of a core when idle")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
