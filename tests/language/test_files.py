"""What may lie where a file should."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.tenants import write_tenant


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [a_link_to_itself, a_pipe, a_folder])
@pytest.mark.parametrize("name", ["rules.yaml", "hours.yaml", "rules/x.yaml", "tests/x.yaml", "templates/x.j2"])
def test_what_is_no_file_is_a_finding(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], None],
    name: str,
) -> None:
    folder = write_tenant(tmp_path / "warung")
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)
    for output in ("text", "json", "github", "sarif", "junit"):
        said = Typed(capsys, monkeypatch)("validate", folder, "--format", output)
        assert said.code == 1, said.err
        assert "WB001" in said.out
        assert "cannot be read: " in said.out


@pytest.mark.parametrize("make", [a_link_to_itself, a_pipe])
def test_media_are_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    folder = write_tenant(tmp_path / "warung")
    (folder / "media").mkdir()
    make(folder / "media" / "menu.jpg")
    said = Typed(capsys, monkeypatch)("validate", folder)
    assert "media/menu.jpg:1:1: error: cannot be read: it is no file [WB001]" in said.out


def test_a_template_has_a_size_that_a_reply_may_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_tenant(tmp_path / "warung")
    (folder / "templates").mkdir()
    (folder / "templates" / "x.j2").write_text("x" * 4_000_001)
    assert "larger than 4 MB [WB008]" in Typed(capsys, monkeypatch)("validate", folder).out
