"""`wabot analytics` over what a live shop stored: whole pages, and what it says of bad input."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.blank import lay
from tests.cli.terminal import on_terminal
from tests.cli.typed import Orders, Typed

PAGES = Path(__file__).parent / "analytics_pages"
WEEK = ("--from", "2026-01-26", "--to", "2026-02-01")
THURSDAY = ("--from", "2026-01-29", "--to", "2026-01-29", "--against", "2026-01-28")


@pytest.fixture
def data(lived: Path, tmp_path: Path) -> Path:
    """The shop's data, for one test."""
    return Path(shutil.copytree(lived, tmp_path / "data"))


def same(name: str, shown: str) -> None:
    """The page is the one in the file; with WABOT_TEST_PAGES=write the file becomes the page, to be read by eye."""
    file = PAGES / f"{name}.txt"
    if os.environ.get("WABOT_TEST_PAGES") == "write":
        file.write_text(shown, "utf-8")
    assert shown == file.read_text("utf-8")


@pytest.mark.parametrize("command", ["hours", "operators", "customers", "funnel", "compare"])
def test_each_page_is_as_it_was_read_by_eye(order: Orders, command: str) -> None:
    said = order("analytics", command, *(THURSDAY if command == "compare" else WEEK))
    assert (said.code, said.err) == (0, "")
    same(command, said.out)


def test_the_overview_of_one_tenant_is_a_whole_page(order: Orders) -> None:
    said = order("analytics", *WEEK)
    assert (said.code, said.err) == (0, "")
    same("overview", said.out)


@pytest.mark.parametrize("command", ["", "hours", "operators", "customers", "funnel", "compare"])
def test_every_page_fits_a_narrow_terminal(data: Path, command: str) -> None:
    period = THURSDAY if command == "compare" else WEEK
    shown = on_terminal(44, "analytics", *([command] if command else []), "--data", data, *period)
    same(f"narrow-{command or 'overview'}", shown)
    assert max(map(len, shown.splitlines())) <= 44


def test_a_terminal_without_block_characters_gets_plain_ones(data: Path) -> None:
    shown = on_terminal(80, "analytics", "--data", data, *WEEK, encoding="ascii")
    same("ascii-overview", shown)
    assert shown.isascii()
    assert "Citra ?" in on_terminal(80, "analytics", "customers", "--data", data, *WEEK, encoding="ascii")


def test_several_tenants_are_a_line_each_and_a_total(wabot: Typed, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(data.parent)
    shutil.copytree(data / "warung", data / "apotek")
    with closing(sqlite3.connect(data / "apotek" / "wabot.db")) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            if any(row[1] == "tenant_id" for row in db.execute(f"PRAGMA table_info({table})")):
                db.execute(f"UPDATE {table} SET tenant_id = 'apotek'")
        db.commit()
    lay(data / "kosong")
    (data / "rusak").mkdir()
    (data / "rusak" / "wabot.db").write_bytes(b"this is no database, and never was one")
    said = wabot("analytics", *WEEK)
    assert said.code == 3, "one cannot be read"
    same("tenants", said.out)
    told = wabot("analytics", "--tenant", "warung", "--tenant", "apotek", *WEEK, "--format", "json").data
    assert [one["tenant"] for one in told["tenants"]] == ["apotek", "warung"]
    assert told["total"]["customers"] == 2 * told["tenants"][0]["total"]["customers"] == 6


def test_machines_get_the_same_figures_with_null_for_what_was_not_counted(order: Orders) -> None:
    (one,) = order.told("analytics", *WEEK)["tenants"]
    assert one["tenant"] == "warung"
    assert one["period"] == {"from": "2026-01-26", "to": "2026-02-01", "days": 7, "timezone": "Asia/Jakarta"}
    assert (one["first_day"], one["last_day"], one["notes"]) == ("2026-01-28", "2026-01-29", [])
    assert one["total"]["bot_alone"] == {"part": 2, "whole": 4, "percent": 50.0, "goal": 60.0, "reached": False}
    assert one["total"]["messages"]["from_customers"] == 9
    assert one["total"]["csat"] == {"answers": 0, "average": None}
    assert len(one["days"]) == 7
    assert one["days"][0]["bot_alone"]["percent"] is None
    assert one["days"][2]["conversations"] == 2


def test_each_command_has_data_for_machines(order: Orders) -> None:
    (hours,) = order.told("analytics", "hours", *WEEK)["tenants"]
    assert len(hours["hours"]) == 7 * 24
    assert hours["hours"][2 * 24 + 10] == {
        "weekday": "wed", "hour": 10, "messages": 5, "questions": 5, "answered": 5,
        "wait_seconds": hours["hours"][2 * 24 + 10]["wait_seconds"], "open": 1.0,
    }  # fmt: skip
    (people,) = order.told("analytics", "operators", *WEEK)["tenants"]
    assert [one["email"] for one in people["operators"]] == ["sari@warung.id", None, "dedi@warung.id"]
    (clients,) = order.told("analytics", "customers", *WEEK, "--limit", "1")["tenants"]
    assert (clients["new"], clients["returning"], len(clients["most_active"])) == (3, 0, 1)
    (menus,) = order.told("analytics", "funnel", *WEEK)["tenants"]
    assert [(one["rule"], one["shown"], one["left_without_a_choice"]) for one in menus["menus"]] == [
        ("menu-utama", 2, 1)
    ]
    (compared,) = order.told("analytics", "compare", *THURSDAY)["tenants"]
    assert compared["against"]["from"] == "2026-01-28"
    first = compared["figures"][0]
    assert (first["figure"], first["before"], first["now"], first["difference"]) == ("customers", 2, 2, 0)


def test_an_unknown_tenant_is_told_with_the_nearest(order: Orders) -> None:
    said = order("analytics", "--tenant", "warumg")
    assert said.code == 2
    assert "there is no tenant `warumg`" in said.err
    assert "did you mean `warung`?" in said.err


@pytest.mark.parametrize(
    ("period", "why"),
    [
        (("--from", "2026-02-02", "--to", "2026-02-01"), "the period ends before it begins"),
        (("--from", "kemarin"), "--from kemarin: write a day as 2026-01-31"),
        (("--last", "0d"), "--last 0d: write a number of days as 7d"),
        (("--last", "7d", "--from", "2026-01-01"), "give it, or --from and --to, not both"),
    ],
)
@pytest.mark.parametrize("command", [(), ("hours",), ("compare",)])
def test_a_period_that_is_none_is_wrong_usage(
    order: Orders, command: tuple[str, ...], period: tuple[str, ...], why: str
) -> None:
    said = order("analytics", *command, *period)
    assert said.code == 2
    assert why in said.err


@pytest.mark.parametrize("against", ["2026-01-05..2026-01-01", "besok", "2026-01-01.."])
def test_a_period_to_compare_with_that_is_none_is_wrong_usage(order: Orders, against: str) -> None:
    assert order("analytics", "compare", *WEEK, "--against", against).code == (0 if against.endswith("..") else 2)


@pytest.mark.parametrize("command", [(), ("hours",), ("operators",), ("customers",), ("funnel",), ("compare",)])
def test_a_period_before_the_first_message_says_since_when_there_are_messages(
    order: Orders, command: tuple[str, ...]
) -> None:
    said = order("analytics", *command, "--from", "2025-01-01", "--to", "2025-01-31")
    assert said.code == 0
    assert "nothing was written then: the first messages are those of Wed 2026-01-28" in said.out
    assert "the last messages are those of Thu 2026-01-29" in order("analytics", *command, "--last", "7d").out


@pytest.mark.parametrize("command", [(), ("hours",), ("operators",), ("customers",), ("funnel",), ("compare",)])
def test_a_store_without_messages_says_that_nobody_has_written(
    tmp_path: Path, wabot: Typed, command: tuple[str, ...]
) -> None:
    lay(tmp_path / "kosong")
    said = wabot("analytics", *command, "--data", tmp_path, "--last", "7d")
    assert said.code == 0
    assert "no customer has written yet" in said.out
    told = wabot("analytics", *command, "--data", tmp_path, "--format", "json").data
    assert told["tenants"][0]["first_day"] is None


def test_a_damaged_store_is_told_and_is_a_failure(tmp_path: Path, wabot: Typed) -> None:
    (tmp_path / "rusak").mkdir()
    (tmp_path / "rusak" / "wabot.db").write_bytes(b"this is no database, and never was one")
    said = wabot("analytics", "--data", tmp_path)
    assert said.code == 3
    assert "rusak/wabot.db is damaged" in said.err
    lay(tmp_path / "sehat")
    (bad, good) = wabot("analytics", "hours", "--data", tmp_path, "--format", "json").data["tenants"]
    assert "is damaged" in bad["error"]
    assert good["tenant"] == "sehat"


def test_a_folder_that_is_not_there_and_one_that_is_empty(tmp_path: Path, wabot: Typed) -> None:
    said = wabot("analytics", "--data", tmp_path / "nowhere")
    assert (said.code, "there is no data folder" in said.err) == (2, True)
    said = wabot("analytics", "--data", tmp_path)
    assert (said.code, "nothing is stored in" in said.out) == (0, True)


def test_what_cannot_be_counted_any_further_is_told_with_its_moment(order: Orders, data: Path) -> None:
    before = order("analytics", *WEEK).out
    with closing(sqlite3.connect(data / "warung" / "wabot.db")) as db:
        db.execute("INSERT INTO migrations VALUES (9999, 'of a wabot to come')")
        db.commit()
    said = order("analytics", *WEEK)
    assert said.code == 0
    assert "figures are as of 20" in said.out
    assert "written by a newer wabot" in " ".join(said.out.split())
    assert said.out.endswith(before.split("\n\n", 1)[1]), "they are those of before"


def test_without_sound_rules_days_are_those_of_the_clock_on_which_they_were_counted(order: Orders, data: Path) -> None:
    counted = order("analytics", *WEEK).out
    shutil.rmtree(data / "warung" / "rules.good")
    said = order("analytics", *WEEK).out
    assert "no sound rules of this tenant were ever live here: days are those of Asia/Jakarta" in said
    assert said.split("\n\n", 1)[1] == counted.split("\n\n", 1)[1]
    assert "so nobody knows its menus" in order("analytics", "funnel", *WEEK).out
    assert "so nobody knows its working hours" in " ".join(order("analytics", "hours", *WEEK).out.split())


def test_without_sound_rules_and_figures_days_are_those_of_utc(order: Orders, data: Path) -> None:
    shutil.rmtree(data / "warung" / "rules.good")
    assert "days are those of UTC" in order("analytics", *WEEK).out


def test_the_data_folder_may_stand_before_the_commands_name(wabot: Typed, data: Path) -> None:
    before = wabot("analytics", "--data", data, "operators", *WEEK)
    assert before.out == wabot("analytics", "operators", "--data", data, *WEEK).out
    said = wabot("analytics", "--last", "7d", "operators")
    assert said.code == 2
    assert "--last goes behind the command's name: wabot analytics operators --last" in said.err


def test_a_rebuild_comes_to_the_same_pages(order: Orders) -> None:
    before = order("analytics", *WEEK).out
    said = order("analytics", "rebuild")
    assert (said.code, "warung: counted anew" in said.out) == (0, True)
    assert order("analytics", *WEEK).out == before
    assert order.told("analytics", "rebuild")["tenants"][0]["tenant"] == "warung"


def test_a_file_that_a_session_is_about_to_fill_is_left_alone(tmp_path: Path, wabot: Typed) -> None:
    (tmp_path / "baru").mkdir()
    (tmp_path / "baru" / "wabot.db").touch()
    said = wabot("analytics", "--data", tmp_path)
    assert said.code == 3
    assert "holds no data yet; `wabot run` makes it" in said.err
    assert (tmp_path / "baru" / "wabot.db").read_bytes() == b""


def test_a_store_of_an_older_wabot_is_not_touched(order: Orders, data: Path) -> None:
    with closing(sqlite3.connect(data / "warung" / "wabot.db")) as db:
        db.execute("DROP TABLE chat_analytics")
        db.execute("DELETE FROM migrations WHERE number = 34")
        db.commit()
    said = order("analytics")
    assert said.code == 3
    assert "is of an older wabot. Start `wabot run` once" in said.err
