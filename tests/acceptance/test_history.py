"""`wabot run` on a phone that was paired a moment ago, as the simulator plays it."""

import json

import pytest

from tests.acceptance.daemon import Daemon

RULES = (
    "  - {id: sambutan, trigger: {type: welcome}, response: Selamat datang kak.}\n"
    "  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}\n"
)
OLD, NEW = "6281200000001", "6281200000002"


@pytest.mark.parametrize("flags", [("--until-idle",), ("--until-idle", "--fast")])
def test_after_a_pairing_only_who_is_new_is_welcomed(daemon: Daemon, flags: tuple[str, ...]) -> None:
    daemon.tenant(text=RULES, delay="0s", debounce="0s")
    lines: list[dict[str, object]] = [
        {"history": "pending"},
        {"id": "A1", "from": OLD, "text": "jam buka?"},
        {"id": "A2", "from": NEW, "text": "jam buka?"},
        {"id": "H1", "from": OLD, "text": "halo", "at": "2026-01-02T10:00:00+07:00", "history": True},
        {"id": "H2", "from": OLD, "text": "ya?", "at": "2026-01-02T10:01:00+07:00", "history": True, "from_me": True},
        {"history": "done"},
        {"history": "soon"},
    ]
    (daemon.sim / "warung.in.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    for _ in range(2):  # a restart hears the same lines again
        assert daemon.start(*flags).wait(60) == 0
        heard = sorted((line["to"], line["text"]) for line in daemon.lines() if "text" in line)
        assert heard == [(OLD, "Kami buka kak."), (NEW, "Selamat datang kak.")]
    assert "`history` must be true" in daemon.told()
    told = daemon.wabot("conversations", OLD)
    assert [said["wa_id"] for said in told["last_messages"] if said["imported"]] == ["H1", "H2"]
    assert (told["messages"], told["unread"]) == (4, 1)
