"""On a machine where there can be no such server."""

import subprocess
import sys
from pathlib import Path

ELSEWHERE = """
import platform, sys
platform.machine = lambda: "riscv64"
sys.modules["neonize"] = None  # there is none for it
import pytest
this = ["--ignore", "tests/whatsapp/test_elsewhere.py"]
sys.exit(pytest.main(["-q", "-rs", "-p", "no:cacheprovider", *this, *sys.argv[1:]]))
"""
FOLDERS = ("tests/live", "tests/whatsapp")
ROOT = Path(__file__).parent.parent.parent


def test_these_tests_are_skipped_and_say_why() -> None:
    command = [sys.executable, "-c", ELSEWHERE, *FOLDERS]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=ROOT)
    modules = [path for folder in FOLDERS for path in (ROOT / folder).glob("test_*.py")]
    assert f"\n{len(modules) - 1} skipped in" in done.stdout, done.stdout + done.stderr
    assert "this is linux on riscv64" in done.stdout
