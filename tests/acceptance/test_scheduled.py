"""What happens at a time, with real processes: sent once, whatever dies before it is due."""

import sqlite3

from tests.acceptance.daemon import Daemon, eventually

ASKS = """\
  - id: harga
    trigger: {type: keyword, keywords: [harga]}
    response: Rp 15.000 kak.
    follow_up: {after: 3s, message: Jadi pesan kak?}
"""
BUDI, ANI = "6281200000001", "6281200000002"


def heard(daemon: Daemon, customer: str) -> list[str]:
    return [line["text"] for line in daemon.lines() if line.get("to") == customer and "text" in line]


def stored(daemon: Daemon) -> dict[str, list[str]]:
    """Chat → its follow-ups, straight from the file."""
    connection = sqlite3.connect(f"file:{daemon.data / 'warung' / 'wabot.db'}?mode=ro", uri=True)
    try:
        found: dict[str, list[str]] = {}
        for chat, status, reason in connection.execute("SELECT chat, status, reason FROM follow_ups ORDER BY id"):
            found.setdefault(chat, []).append(f"{status} {reason}".strip())
        return found
    finally:
        connection.close()


def test_a_follow_up_goes_out_once_over_kill_9_and_not_to_a_customer_who_wrote_again(daemon: Daemon) -> None:
    daemon.tenant(text=ASKS, delay="0s", debounce="0s")
    daemon.start()
    daemon.connected()
    daemon.say("harga?", sender=BUDI)
    daemon.say("harga?", sender=ANI)
    eventually(lambda: len(daemon.replies()) == 2, f"both are answered: {daemon.told()}")
    daemon.say("oke", sender=ANI)
    eventually(lambda: stored(daemon).get(ANI) == ["cancelled replied"], "Ani's is ended")
    assert daemon.wabot("remind", ANI, "Pesanan siap kak.", "--in", "3s")["done"]  # beside the running session
    assert stored(daemon) == {BUDI: ["pending"], ANI: ["cancelled replied", "pending"]}
    daemon.kill()
    daemon.connected(times=2)
    asked, reminded = ["Rp 15.000 kak.", "Jadi pesan kak?"], ["Rp 15.000 kak.", "Pesanan siap kak."]
    eventually(lambda: (heard(daemon, BUDI), heard(daemon, ANI)) == (asked, reminded), f"both: {daemon.told()}")
    listed = daemon.wabot("reminders")["reminders"]
    assert sorted((item["chat"], item["status"]) for item in listed) == [
        (BUDI, "sent"),
        (ANI, "cancelled"),
        (ANI, "sent"),
    ]
    # Nothing is pending any more, so that no later start can send it again.
    assert stored(daemon) == {BUDI: ["handed_over"], ANI: ["cancelled replied", "handed_over"]}
    daemon.kill()
    daemon.connected(times=3)
    daemon.say("harga?", sender="6281200000003")
    eventually(lambda: heard(daemon, "6281200000003"), f"the next customer: {daemon.told()}")
    assert (heard(daemon, BUDI), heard(daemon, ANI)) == (asked, reminded)
    assert daemon.stop() == 0


def test_a_script_passes_by_what_is_due_between_its_lines(daemon: Daemon) -> None:
    daemon.tenant(text=ASKS.replace("3s", "2h"))
    daemon.say("harga?", at="2026-01-28T10:00:00+07:00")
    daemon.say("harga?", sender=ANI, at="2026-01-28T11:00:00+07:00")
    daemon.say("oke", sender=ANI, at="2026-01-28T11:30:00+07:00")
    daemon.say("halo", sender="6281200000003", at="2026-01-29T15:00:00+07:00")
    assert daemon.start("--fast", "--until-idle").wait(60) == 0, daemon.told()
    sent = [(line["to"], line["text"], line["at"]) for line in daemon.lines() if "text" in line]
    assert sent[2:] == [(BUDI, "Jadi pesan kak?", "2026-01-28T12:00:00+07:00")]
