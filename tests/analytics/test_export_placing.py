"""An export's file stands there whole, or not at all, and the memory that it takes does not grow with its rows."""

import os
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.small_disk import small_disk
from tests.analytics.exported import TENANT, Shop, form, read, rows, shop, written
from wabot.analytics.export.formats import FORMATS
from wabot.analytics.export.placing import placed
from wabot.model.errors import ExportError, UsageError
from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.reading import asking

FORMS = [one.name for one in FORMATS]
MEASURED = """
import sys
from pathlib import Path
from tests.analytics.exported import TENANT, form, rows
from wabot.store.sqlite.reading import asking
with asking(Path(sys.argv[1]), TENANT) as ask:
    form(sys.argv[2]).write(rows(ask), Path(sys.argv[3]))
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


def left(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_appears_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    with placed(tmp_path / "a.csv", force=False) as draft:
        draft.write_text("isi")
        assert not (tmp_path / "a.csv").exists()
    assert (tmp_path / "a.csv").read_text() == "isi"
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600
    assert left(tmp_path) == ["a.csv"]


def test_what_fails_on_the_way_leaves_what_was_there_before(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lama")
    with pytest.raises(ZeroDivisionError), placed(tmp_path / "a.csv", force=True) as draft:
        draft.write_text("baru")
        raise ZeroDivisionError
    assert (tmp_path / "a.csv").read_text() == "lama"
    assert left(tmp_path) == ["a.csv"]


def test_another_file_is_not_replaced_unless_that_is_said_even_if_it_comes_in_between(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    with pytest.raises(UsageError, match="--force"), placed(target, force=False) as draft:
        draft.write_text("baru")
        target.write_text("lama")
    with pytest.raises(UsageError, match="--force"), placed(target, force=False):
        pass
    assert target.read_text() == "lama"
    with placed(target, force=True) as draft:
        draft.write_text("baru")
    assert target.read_text() == "baru"
    assert left(tmp_path) == ["a.csv"]


def test_a_link_keeps_pointing_to_the_file_that_is_renewed(tmp_path: Path) -> None:
    (tmp_path / "arsip").mkdir()
    (tmp_path / "arsip" / "jan.csv").write_text("lama")
    (tmp_path / "terbaru.csv").symlink_to(tmp_path / "arsip" / "jan.csv")
    with placed(tmp_path / "terbaru.csv", force=True) as draft:
        draft.write_text("baru")
    assert (tmp_path / "terbaru.csv").is_symlink()
    assert (tmp_path / "arsip" / "jan.csv").read_text() == "baru"


def test_what_a_killed_export_left_goes_with_the_next_one_to_the_same_file(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    (tmp_path / f".a.xlsx.{ended.pid}.draft").write_text("setengah")
    (tmp_path / f".a.xlsx.{ended.pid}.draft.sheets").mkdir()
    (tmp_path / f".a.xlsx.{os.getppid()}.draft").write_text("sedang ditulis")
    (tmp_path / f".b.csv.{ended.pid}.draft").write_text("bukan punya kita")
    with placed(tmp_path / "a.xlsx", force=False):
        pass
    assert left(tmp_path) == sorted(["a.xlsx", f".a.xlsx.{os.getppid()}.draft", f".b.csv.{ended.pid}.draft"])


@pytest.mark.parametrize("format", FORMS)
def test_a_disk_that_fills_up_in_the_middle_is_told_and_nothing_of_the_file_is_left(
    tmp_path: Path, request: pytest.FixtureRequest, format: str
) -> None:
    # Texts that no format can pack.
    folder = shop(tmp_path / "warung", *(os.urandom(1_500).hex() for _ in range(3_000)))
    with small_disk(request, tmp_path / "disk", megabytes=3) as disk:
        if disk is None:
            return
        target = disk / f"messages.{format}"
        with (
            pytest.raises(ExportError, match="the disk is full"),
            asking(folder, TENANT) as ask,
            placed(target, force=False) as draft,
        ):
            form(format).write(rows(ask), draft)
        assert left(disk) == []


@pytest.fixture(scope="module")
def few_and_many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two shops, one with ten times the messages of the other."""
    return _shop_of(tmp_path_factory.mktemp("sedikit"), 3_000), _shop_of(tmp_path_factory.mktemp("banyak"), 30_000)


def _shop_of(place: Path, messages: int) -> Path:
    with closing(open_file(shop(place))) as connection:
        connection.execute("BEGIN")
        filled = Shop(connection)
        for count in range(messages):
            filled.message(f"m{count:06}", 1_769_569_200_000 + count * 1_000, content=f"pesan {count} " + "x" * 300)
        connection.execute("COMMIT")
    return place


@pytest.mark.parametrize("format", FORMS)
def test_ten_times_the_messages_take_no_more_memory(
    few_and_many: tuple[Path, Path], tmp_path: Path, format: str
) -> None:
    peaks = []
    for folder in few_and_many:
        target = tmp_path / f"{folder.name}.{format}"
        target.touch()
        ran = subprocess.run(
            [sys.executable, "-c", MEASURED, str(folder), format, str(target)],
            capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        peaks.append(int(ran.stdout))
    # Kilobytes. The texts alone are 9 MB more, and a row is some kilobytes as Python holds it. With so few messages the
    # first group of rows of parquet is not full yet.
    assert peaks[1] - peaks[0] < (60_000 if format == "parquet" else 6_000), peaks


def test_many_small_formats_share_no_state(tmp_path: Path) -> None:
    folder = shop(tmp_path / "warung", "satu", "dua")
    for turn in range(2):
        for format in FORMS:
            assert len(read(written(folder, tmp_path / f"{turn}.{format}", format), format)) == 2
