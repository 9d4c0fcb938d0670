"""The recorded hour: `wabot run` on the example tenants, over the simulator, and then what was stored.

`make demo` runs this; with ARGS=--api, the API's tutorial after it. Nothing leaves this machine, and no phone is
needed.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
CHECKOUT = HERE.parent
OUT = HERE / "out"


def wabot(*words: str) -> int:
    """Run the command line as a user would, and show what was typed."""
    shown = " ".join(f'"{word}"' if " " in word else word for word in words)
    print(f"\n$ wabot {shown}\n", flush=True)
    return subprocess.run([sys.executable, "-m", "wabot", *words], cwd=CHECKOUT, check=False).returncode


def main() -> int:
    shutil.rmtree(OUT, ignore_errors=True)
    shutil.copytree(HERE / "customers", OUT / "customers")
    data, customers = str((OUT / "data").relative_to(CHECKOUT)), str((OUT / "customers").relative_to(CHECKOUT))
    print("Three businesses, their rules in rules/, and one recorded hour of their customers (demo/customers/).")
    codes = [wabot("validate", "rules/")]
    codes.append(wabot("test", "jam buka?", "--at", "2026-01-28 22:00"))
    run = ["run", "rules", "--channel", "simulator", "--sim", customers, "--data", data]
    codes.append(wabot(*run, "--fast", "--until-idle", "--show-messages"))
    print("\nThe hour is over. What was stored, in one SQLite file a tenant:")
    codes.append(wabot("status", "--data", data))
    print(f"\nThe replies as sent: {customers}/*.out.jsonl. Now be a customer yourself:")
    print("  .venv/bin/wabot chat --tenant warung-sari")
    if "--api" in sys.argv[1:]:
        codes.append(answer_beside_the_bot())
    return max(codes)


def answer_beside_the_bot() -> int:
    """The script of docs/tutorial-api.md, against `wabot run --api`."""
    from demo.tutorial import play, shop

    print("\nAnd one morning in which the owner answers beside the bot, by the script of docs/tutorial-api.md")
    print("($ wabot run rules/warung-sari --channel simulator --sim customers --data data --api 127.0.0.1:8080):\n")
    with tempfile.TemporaryDirectory() as place:
        with shop(Path(place) / "shop") as url:
            done = play(Path(place) / "shop", url)
        print(done.stdout, end="")
        if done.returncode:
            print(done.stderr, file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
