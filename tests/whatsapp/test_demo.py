"""`make demo-whatsapp`, which ends with the code that says whether every reply came."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_every_customer_of_the_demo_is_answered() -> None:
    command = [sys.executable, "-m", "demo.whatsapp"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warung-sari  Budi  < Terima kasih kak Budi, bukti pembayarannya kami cek dulu ya." in done.stdout
