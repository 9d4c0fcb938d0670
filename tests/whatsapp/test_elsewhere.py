"""On a machine where there can be no such server."""

import subprocess
import sys

ELSEWHERE = """
import platform, sys
platform.machine = lambda: "riscv64"
import pytest
skipped = ["tests/whatsapp/test_daemon.py", "tests/whatsapp/test_wire.py"]
sys.exit(pytest.main(["-q", "-rs", "-p", "no:cacheprovider", *skipped]))
"""


def test_these_tests_are_skipped_and_say_why() -> None:
    done = subprocess.run([sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, check=False, timeout=60)
    assert "2 skipped" in done.stdout, done.stdout
    assert "this is linux on riscv64" in done.stdout
