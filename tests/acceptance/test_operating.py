"""Orders of people beside a running `wabot run`: the session that runs learns of them."""

from tests.acceptance.daemon import Daemon, eventually
from wabot.session.clock import RealClock


def test_a_failed_reply_that_a_person_has_tried_again_is_sent_by_the_running_session(daemon: Daemon) -> None:
    folder = daemon.tenant(dry_run="true")
    daemon.start()
    daemon.connected()
    daemon.say("jam buka?")
    failed = eventually(
        lambda: [row for row in daemon.wabot("outbox")["outbox"] if row["status"] == "failed"],
        f"the reply is held back: {daemon.told()}",
    )
    assert failed[0]["error"] == "dry_run"
    before = daemon.status()["rules"]["revision"]
    file = folder / "tenant.yaml"
    file.write_text(file.read_text().replace("dry_run: true", "dry_run: false"))
    eventually(lambda: daemon.status()["rules"]["revision"] != before, "the change is live")
    assert daemon.wabot("outbox", "retry", failed[0]["id"])["done"]
    eventually(lambda: daemon.replies() == ["Kami buka tiap hari kak."], f"it is sent: {daemon.told()}")
    eventually(lambda: daemon.status()["outbox"] == {"sent": 1}, "it counts as sent")
    assert daemon.stop() == 0


def test_a_reply_that_a_person_cancels_while_it_waits_never_goes_out(daemon: Daemon) -> None:
    daemon.tenant(delay="6s")
    daemon.start()
    daemon.connected()
    daemon.say("jam buka?")
    (waiting,) = eventually(lambda: daemon.wabot("outbox")["outbox"], "a reply waits")
    assert daemon.wabot("outbox", "cancel", waiting["id"])["status"] == "failed"
    daemon.say("jam buka?", sender="6281200000002")
    eventually(daemon.replies, "the next customer is answered, later than the first would have been")
    assert [line["to"] for line in daemon.lines() if "text" in line] == ["6281200000002"]
    assert daemon.stop() == 0


def test_a_paused_tenant_answers_nobody_and_what_waited_goes_out_when_it_is_resumed(daemon: Daemon) -> None:
    daemon.tenant(delay="6s")
    daemon.start()
    daemon.connected()
    daemon.say("jam buka?")
    eventually(lambda: daemon.wabot("outbox")["outbox"], "a reply waits")
    assert daemon.wabot("pause", "warung")["paused"]
    assert daemon.status()["paused"]
    daemon.say("jam buka?", sender="6281200000002")
    eventually(lambda: daemon.status()["by_reason"] == {"paused": 1}, "the next customer is not answered")
    (waiting,) = daemon.wabot("outbox")["outbox"]
    eventually(lambda: RealClock().now() > waiting["due"] + 2_000, "its time comes")
    assert daemon.wabot("outbox")["outbox"] == [waiting]
    assert daemon.replies() == []
    daemon.kill()
    daemon.connected(times=2)
    assert daemon.status()["paused"]
    assert not daemon.wabot("resume", "warung")["paused"]
    eventually(daemon.replies, "what waited goes out")
    assert [line["to"] for line in daemon.lines() if "text" in line] == ["6281200000001"]
    assert daemon.stop() == 0


def test_a_customer_who_is_forgotten_gets_no_reply_that_waited_and_the_session_goes_on(daemon: Daemon) -> None:
    daemon.tenant(delay="4s")
    daemon.start()
    daemon.connected()
    daemon.say("jam buka?")
    eventually(lambda: daemon.wabot("outbox")["outbox"], "a reply waits")
    assert daemon.wabot("forget", "6281200000001", "--yes")["names"] == ["6281200000001"]
    assert all(b"6281200000001" not in file.read_bytes() for file in (daemon.data / "warung").glob("wabot.db*"))
    daemon.say("jam buka?", sender="6281200000002")
    eventually(daemon.replies, "the next customer is answered, later than the first would have been")
    assert [line["to"] for line in daemon.lines() if "text" in line] == ["6281200000002"]
    assert daemon.stop() == 0
