"""`wabot jobs` over what a session has left."""

from pathlib import Path

import pytest

from tests.cli.typed import Typed
from tests.session.stage import stage


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    async with stage(tmp_path, tenant={"keep": "30d"}) as shop:
        await shop.say("jam buka?")  # in January: long ago
    (tmp_path / "stored").mkdir()
    return (tmp_path / "data").rename(tmp_path / "stored" / "warung").parent


def test_jobs_that_never_ran_are_listed_with_their_next_time(wabot: Typed, data: Path) -> None:
    told = wabot("jobs", "--data", data, "--format", "json")
    assert [(job["job"], job["last_run"], job["outcome"]) for job in told.data["jobs"]] == [
        ("clean-up", None, None),
        ("tidy", None, None),
        ("uploads", None, None),
        ("keys-backup", None, None),
        ("figures-of-the-day", None, None),
        ("figures", None, None),
    ]
    assert all(job["next_run"] > 0 for job in told.data["jobs"])
    assert "never" in wabot("jobs", "--data", data).out


def test_a_job_runs_now_and_its_outcome_is_listed(wabot: Typed, data: Path) -> None:
    ran = wabot("jobs", "run", "clean-up", "--data", data, "--tenant", "warung")
    assert (ran.code, "2 messages" in ran.out) == (0, True)
    clean, *_ = wabot("jobs", "--data", data, "--format", "json").data["jobs"]
    assert (clean["ok"], "2 messages" in clean["outcome"]) == (True, True)
    assert clean["took_ms"] >= 0
    again = wabot("jobs", "run", "clean-up", "--data", data, "--format", "json").data["ran"]
    assert again == [{"tenant": "warung", "job": "clean-up", "ok": True, "outcome": "nothing was old enough"}]


def test_figures_are_counted_when_the_setting_says_so(
    wabot: Typed, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYTICS_AGGREGATION_CRON", "5 */2 * * *")
    (job,) = (job for job in wabot("jobs", "--data", data, "--format", "json").data["jobs"] if job["job"] == "figures")
    assert job["cron"] == "5 */2 * * *"
    assert "1 chats counted, 1 days summed" in wabot("jobs", "run", "figures", "--data", data).out


def test_a_job_that_is_not_there_exits_2_with_the_nearest(wabot: Typed, data: Path) -> None:
    assert wabot("jobs", "run", "--data", data).code == 2
    said = wabot("jobs", "run", "cleanup", "--data", data)
    assert (said.code, "did you mean `clean-up`?" in said.err) == (2, True)
