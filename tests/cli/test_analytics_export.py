"""`wabot analytics export` as it is typed."""

import csv
import io
import json
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.small_disk import small_disk
from tests.analytics.exported import NOW, PHONE, TENANT, Shop, read, secretive, shop
from tests.analytics.sums import summing
from tests.cli.typed import Typed
from wabot.store.sqlite.opening import open_file

DAY = 86_400_000
FORMS = ("csv", "json", "jsonl", "xlsx", "parquet", "sqlite")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A shop in which a customer wrote once a day for ten days, the last on 2026-01-28; its figures are those of
    Jakarta."""
    folder = shop(tmp_path / "data" / TENANT)
    with closing(open_file(folder)) as connection:
        written = Shop(connection)
        for day in range(10):
            written.message(f"m{day}", NOW - (9 - day) * DAY, content=f"hari {day}")
    with summing(folder) as sums:
        sums.state()
    return tmp_path / "data"


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("format", FORMS)
def test_a_table_is_written_to_the_file_that_is_named(wabot: Typed, data: Path, tmp_path: Path, format: str) -> None:
    target = tmp_path / f"messages.{format}"
    said = wabot(
        "analytics", "export", "--data", data, "--tenant", TENANT, "--table", "messages", "--format", format,
        "--output", target,
    )  # fmt: skip
    assert (said.code, said.out) == (0, f"{target}: 10 messages of {TENANT}\n"), said.err
    assert [row["content"] for row in read(target, format)] == [f"hari {day}" for day in range(10)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", target.name]


def test_without_a_file_the_table_goes_to_standard_output_and_nothing_else_does(wabot: Typed, data: Path) -> None:
    script = [sys.executable, "-c", "from wabot.cli.main import main; main()", "analytics", "export"]
    ran = subprocess.run([*script, "--data", str(data)], capture_output=True, check=True)
    assert len(lines(ran.stdout.decode())) == 10
    ran = subprocess.run([*script, "--data", str(data), "--format", "json"], capture_output=True, check=True)
    assert len(json.loads(ran.stdout)) == 10
    ran = subprocess.run([*script, "--data", str(data), "--format", "parquet"], capture_output=True, check=True)
    assert ran.stdout.startswith(b"PAR1") and ran.stdout.endswith(b"PAR1")
    ran = subprocess.run([*script, "--data", str(data), "--format", "xlsx"], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert b"name a file: --output FILE.xlsx" in ran.stderr


def test_who_stops_reading_ends_the_export_without_a_word(data: Path) -> None:
    command = f"{sys.executable} -c 'from wabot.cli.main import main; main()' analytics export --data {data} | head -1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("id,date,hour,at,")
    assert "wabot: " not in ran.stderr
    assert "Error" not in ran.stderr


def test_the_format_follows_the_ending_of_the_files_name(wabot: Typed, data: Path, tmp_path: Path) -> None:
    assert wabot("analytics", "export", "--data", data, "--output", tmp_path / "a.xlsx").code == 0
    assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")
    assert wabot("analytics", "export", "--data", data, "--output", tmp_path / "a.txt").code == 0
    assert (tmp_path / "a.txt").read_bytes().startswith(b"id,")


def test_a_period_takes_the_days_of_the_shops_clock(wabot: Typed, data: Path, tmp_path: Path) -> None:
    def days(*options: str) -> list[str]:
        target = tmp_path / "a.jsonl"
        said = wabot("analytics", "export", "--data", data, "--output", target, "--force", *options)
        assert said.code == 0, said.err
        return [row["date"] for row in read(target, "jsonl")]

    assert days("--from", "2026-01-27") == ["2026-01-27", "2026-01-28"]
    assert days("--to", "2026-01-20") == ["2026-01-19", "2026-01-20"]
    assert days("--from", "2026-01-22", "--to", "2026-01-23") == ["2026-01-22", "2026-01-23"]
    assert len(days()) == 10


def test_the_last_second_of_a_day_belongs_to_it_and_the_next_does_not(wabot: Typed, tmp_path: Path) -> None:
    folder = shop(tmp_path / "data" / TENANT)
    midnight = 1_769_533_200_000  # 2026-01-28 00:00 in Jakarta
    with closing(open_file(folder)) as connection:
        Shop(connection).message("sebelum", midnight - 1)
        Shop(connection).message("sesudah", midnight)
        # It came a minute after it was written.
        Shop(connection).message("terlambat", midnight + 60_000, sent_at=midnight - 1)
    with summing(folder) as sums:
        sums.state()
    target = tmp_path / "a.jsonl"
    wabot("analytics", "export", "--data", tmp_path / "data", "--output", target, "--to", "2026-01-27")
    assert [row["id"] for row in read(target, "jsonl")] == ["sebelum", "terlambat"]


def test_a_period_without_anything_is_an_empty_table_and_says_when_there_is_something(
    wabot: Typed, data: Path, tmp_path: Path
) -> None:
    said = wabot("analytics", "export", "--data", data, "--output", tmp_path / "a.csv", "--to", "2025-12-31")
    assert said.code == 0
    assert "messages are stored from 2026-01-19 to 2026-01-28" in said.err
    assert (tmp_path / "a.csv").read_text().startswith("id,")


def test_a_period_that_ends_before_it_begins_is_refused_and_nothing_is_written(
    wabot: Typed, data: Path, tmp_path: Path
) -> None:
    target = tmp_path / "a.csv"
    said = wabot(
        "analytics", "export", "--data", data, "--output", target, "--from", "2026-01-28", "--to", "2026-01-01"
    )
    assert said.code == 2
    assert "ends before it begins" in said.err
    assert not target.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--table", "mesages"], "there is no table `mesages` in `wabot analytics export`; did you mean `messages`?"),
        (
            ["--format", "jsonlines"],
            "there is no format `jsonlines` in `wabot analytics export`; did you mean `jsonl`?",
        ),
        (["--tenant", "warong"], "did you mean `warung`?"),
        (["--last", "7x"], "write a number of days as 7d"),
    ],
)
def test_what_is_not_known_is_told_with_what_is_nearest(
    wabot: Typed, data: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    answer = wabot("analytics", "export", "--data", data, "--output", tmp_path / "a.csv", *options)
    assert answer.code == 2
    assert said in answer.err
    assert not (tmp_path / "a.csv").exists()


def test_with_several_tenants_one_must_be_named(wabot: Typed, data: Path, tmp_path: Path) -> None:
    shop(data / "toko")
    said = wabot("analytics", "export", "--data", data, "--output", tmp_path / "a.csv")
    assert said.code == 2
    assert "name it with --tenant; there are: toko, warung" in said.err


def test_a_file_that_exists_is_kept_unless_it_is_to_be_replaced(wabot: Typed, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("penting")
    said = wabot("analytics", "export", "--data", data, "--output", target)
    assert (said.code, target.read_text()) == (2, "penting")
    assert "say --force" in said.err
    assert wabot("analytics", "export", "--data", data, "--output", target, "--force").code == 0
    assert target.read_text().startswith("id,")


@pytest.mark.parametrize(("target", "said"), [("data", "is a folder"), ("tiada/a.csv", "there is no folder")])
def test_a_place_where_no_file_can_be_is_wrong_usage(
    wabot: Typed, data: Path, tmp_path: Path, target: str, said: str
) -> None:
    answer = wabot("analytics", "export", "--data", data, "--output", tmp_path / target)
    assert answer.code == 2
    assert said in answer.err


def test_a_full_disk_is_exit_code_3_and_leaves_no_half_file(
    wabot: Typed, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shop(tmp_path / "data" / TENANT, *(os.urandom(1_500).hex() for _ in range(800)))
    with small_disk(request, tmp_path / "disk", megabytes=1) as disk:
        if disk is None:
            return
        said = wabot("analytics", "export", "--data", tmp_path / "data", "--output", disk / "a.csv")
        assert said.code == 3
        assert "the disk is full" in said.err
        assert list(disk.iterdir()) == []


def test_an_anonymous_export_names_nobody(wabot: Typed, tmp_path: Path) -> None:
    secretive(tmp_path / "data" / TENANT)
    target = tmp_path / "a.csv"
    said = wabot("analytics", "export", "--data", tmp_path / "data", "--output", target, "--anonymize")
    assert (said.code, said.out) == (0, f"{target}: 3 messages of {TENANT}, anonymous\n")
    assert PHONE not in target.read_text()


def test_figures_are_counted_before_they_are_written(wabot: Typed, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.jsonl"
    said = wabot("analytics", "export", "--data", data, "--table", "daily", "--output", target)
    assert said.code == 0, said.err
    found = read(target, "jsonl")
    assert [(row["date"], row["messages_from_customers"]) for row in found][-1] == ("2026-01-28", 1)
    assert len(found) == 10
    assert "average_response_time_seconds" in found[0]


@pytest.mark.parametrize(("table", "counts"), [("hourly", 1), ("rules", 1), ("operators", 1)])
def test_sums_are_written_as_they_are_stored(wabot: Typed, data: Path, tmp_path: Path, table: str, counts: int) -> None:
    with closing(sqlite3.connect(data / TENANT / "wabot.db")) as connection:
        # A closed day: its sums stay, whatever becomes of its messages.
        connection.execute("UPDATE analytics_state SET closed_before = 25000, closed_until = 2160000000000")
        connection.execute("DELETE FROM analytics_dirty")
        connection.execute(
            "INSERT INTO chat_analytics (tenant_id, date, hour, auto_reply_triggered, auto_reply_failed) "
            "VALUES ('warung', '2026-01-05', 14, 3, 1)"
        )
        connection.execute(
            "INSERT INTO rule_analytics VALUES ('warung', '2026-01-05', 'jam-buka', '', 5, 0, 4, 1, 0, 900, ?)", (NOW,)
        )
        connection.execute(
            "INSERT INTO operator_analytics VALUES ('warung', '2026-01-05', 'sari@warung.id', 1, 2, 3, 4, 5, 6, 7, 8, "
            "9, 10, 11)"
        )
        connection.commit()
    target = tmp_path / "a.jsonl"
    said = wabot("analytics", "export", "--data", data, "--table", table, "--output", target)
    assert said.code == 0, said.err
    found = read(target, "jsonl")
    assert len(found) == counts
    expected = {
        "hourly": {"date": "2026-01-05", "hour": 14, "auto_reply_success_rate": 75.0},
        "rules": {"rule_id": "jam-buka", "fired": 5, "last_at": "2026-01-28T10:00:00.000+07:00"},
        "operators": {"operator": "sari@warung.id", "chats": 1, "online_millis": 11},
    }[table]
    assert expected.items() <= found[0].items()


def test_on_a_terminal_a_bar_says_how_far_it_is_and_goes(data: Path, tmp_path: Path) -> None:
    code = (
        "import wabot.cli.progress as p; p._PATIENCE = p._PACE = 0.0\n"
        "from wabot.cli.main import main; import sys; sys.argv[0] = 'wabot'; main()"
    )
    ours, theirs = pty.openpty()
    words = ["analytics", "export", "--data", str(data), "--output", str(tmp_path / "a.csv")]
    subprocess.run([sys.executable, "-c", code, *words], stderr=theirs, stdout=subprocess.DEVNULL, check=True)
    os.close(theirs)
    told = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "exporting ████████████████████████ 100 % 10 of 10 messages" in told
    assert "\r\033[K" in told


def test_a_pipe_that_is_named_is_written_as_it_is_read(data: Path, tmp_path: Path) -> None:
    command = (
        f"{sys.executable} -c 'from wabot.cli.main import main; main()' analytics export --data {data} "
        f"--output >(cat > {tmp_path}/a.csv); sleep 0.2; wait"
    )
    subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    assert len(lines((tmp_path / "a.csv").read_text())) == 10
