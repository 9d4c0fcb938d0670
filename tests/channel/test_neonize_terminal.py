"""What a WhatsApp session shows on the terminal, and what it keeps off it. Real terminals and descriptors."""

import io
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from wabot.channel.neonize.qr import TerminalQR, draw


def test_a_pairing_code_is_drawn_in_half_blocks_that_fit_a_terminal() -> None:
    lines = draw("2@" + "x" * 230).splitlines()

    assert any("▀" in line or "▄" in line for line in lines)
    assert len(lines) <= 50


def test_every_new_code_is_drawn_below_and_says_that_the_old_one_is_over() -> None:
    reader, writer = pty.openpty()
    with os.fdopen(writer, "w", encoding="utf-8") as terminal:
        show = TerminalQR(terminal, "warung-sari")
        assert show("first")
        first = os.read(reader, 65536).decode()
        assert show("second")
        second = os.read(reader, 65536).decode()
    os.close(reader)

    assert "warung-sari: scan this with WhatsApp" in first
    assert "no longer works" not in first
    assert "The code above no longer works." in second


@pytest.mark.parametrize(("columns", "lines", "drawn"), [(40, 50, False), (80, 24, True)])
def test_a_terminal_in_which_no_code_can_be_scanned_is_told_how_large_it_must_be(
    columns: int, lines: int, drawn: bool
) -> None:
    reader, writer = pty.openpty()
    termios.tcsetwinsize(writer, (lines, columns))
    code = "2@" + "x" * 230
    width = len(draw(code).splitlines()[0])
    with os.fdopen(writer, "w", encoding="utf-8") as terminal:
        assert TerminalQR(terminal, "warung-sari")(code)
        seen = b""
        while b"--code" not in seen:
            seen += os.read(reader, 65536)
    os.close(reader)
    said = seen.decode()

    assert ("▄" in said) == drawn
    assert f"needs {width} columns and " in said
    assert f"this terminal has {columns} and {lines}: enlarge it" in said
    assert "`wabot pair warung-sari` with --out or --code" in said


def test_without_a_terminal_nothing_is_drawn_and_the_caller_is_told() -> None:
    stream = io.StringIO()

    assert not TerminalQR(stream, "warung-sari")("code")
    assert stream.getvalue() == ""


PROGRAM = """
import os, sys
from pathlib import Path
from wabot.channel.neonize.quiet import quiet
print("before")
out, err = quiet(*map(Path, sys.argv[1:]))
os.write(1, b"the library says 6281234567890\\n")
os.write(2, b"the library complains about 6281234567890\\n")
print("ours")
print("our complaint", file=sys.stderr)
assert (sys.stdout, sys.stderr) == (out, err)
"""


def test_what_the_library_writes_is_discarded_and_what_we_write_is_not() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout == "before\nours\n"
    assert done.stderr == "our complaint\n"


def test_what_the_library_writes_can_be_kept_in_a_file_for_the_owner_alone(tmp_path: Path) -> None:
    sink = tmp_path / "library.log"

    subprocess.run([sys.executable, "-c", PROGRAM, str(sink)], capture_output=True, timeout=30, check=True)

    assert sink.read_text().count("6281234567890") == 2
    assert sink.stat().st_mode & 0o777 == 0o600
