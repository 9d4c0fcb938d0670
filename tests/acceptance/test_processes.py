"""Session processes as the supervisor keeps them: crashed, hung, new, removed, changed."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from tests.acceptance.daemon import JAM, PATIENCE, Daemon, eventually
from tests.tenants import rules


def answers(daemon: Daemon, tenant: str, customer: str) -> None:
    """A customer writes, and is answered."""
    before = len(daemon.replies(tenant))
    daemon.say("jam buka?", sender=customer, tenant=tenant)
    eventually(lambda: len(daemon.replies(tenant)) > before, f"{tenant} answers: {daemon.told()[-2000:]}")


def unstartable(daemon: Daemon, tenant: str) -> Path:
    """What makes each session of this tenant crash at its start: its lock cannot be opened."""
    trap = daemon.data / tenant / "lock"
    trap.mkdir(parents=True)
    return trap


def test_a_tenant_that_crashes_again_and_again_is_parked_and_a_change_of_its_files_brings_it_back(
    daemon: Daemon,
) -> None:
    daemon.tenant("warung", delay="0s")
    broken = daemon.tenant("toko", delay="0s")
    trap = unstartable(daemon, "toko")
    daemon.start(WABOT_RESTART_WAIT="0.05")
    eventually(lambda: "the session is parked" in daemon.told(), f"parked: {daemon.told()}")
    assert daemon.told().count("cannot be written") == 5
    answers(daemon, "warung", "6281200000001")
    status = daemon.status("toko")
    assert status["status"] == "parked"
    assert "crashed 5 times within 60 s" in status["detail"]
    assert "wabot logs toko" in status["action"]
    assert (daemon.data / "toko" / "supervisor.json").stat().st_mode & 0o777 == 0o600
    trap.rmdir()
    (broken / "rules.yaml").write_text((broken / "rules.yaml").read_text() + "\n# mended\n")
    daemon.connected("toko")
    answers(daemon, "toko", "6281200000001")
    assert daemon.status("toko")["status"] == "connected"
    assert not (daemon.data / "toko" / "supervisor.json").exists()
    assert daemon.stop() == 0


def test_a_session_that_hangs_is_killed_and_started_again_and_what_came_meanwhile_is_answered(daemon: Daemon) -> None:
    daemon.tenant(delay="0s")
    daemon.start(WABOT_SESSION_WATCHDOG="1.5", WABOT_RESTART_WAIT="0.05")
    daemon.connected()
    hung = daemon.children()["warung"]
    os.kill(hung, signal.SIGSTOP)
    daemon.say("jam buka?")
    daemon.connected(times=2)
    assert "it gave no sign of life for 1.5 s and was killed" in daemon.told()
    assert daemon.children()["warung"] != hung
    eventually(daemon.replies, "the customer is answered")
    assert daemon.stop() == 0


def test_a_new_tenant_starts_a_removed_one_ends_and_its_data_is_there_when_it_comes_back(daemon: Daemon) -> None:
    daemon.tenant("warung", delay="0s")
    daemon.start()
    daemon.connected("warung")
    first = daemon.children()["warung"]
    folder = daemon.tenant("toko", delay="0s")
    daemon.connected("toko")
    answers(daemon, "toko", "6281200000001")
    whole = daemon.rules.rename(daemon.rules.parent / "whole")
    answers(daemon, "warung", "6281200000001")  # a folder of tenants that vanishes as a whole ends nobody
    whole.rename(daemon.rules)
    away = daemon.rules.parent / "away"
    folder.rename(away)
    eventually(lambda: set(daemon.children()) == {"warung"}, "the removed tenant's session ends")
    assert daemon.status("toko")["status"] == "stopped"
    away.rename(folder)
    daemon.connected("toko", times=2)
    answers(daemon, "toko", "6281200000002")
    assert daemon.status("toko")["received"] == 2
    assert daemon.children()["warung"] == first
    assert daemon.stop() == 0


def test_another_number_needs_a_new_session_and_any_other_change_does_not(daemon: Daemon) -> None:
    folder = daemon.tenant(delay="0s")
    daemon.start()
    daemon.connected()
    first = daemon.children()["warung"]
    file = folder / "tenant.yaml"
    revision = daemon.status()["rules"]["revision"]
    file.write_text(file.read_text().replace("name: Warung", "name: Kedai"))
    eventually(lambda: daemon.status()["rules"]["revision"] != revision, "the change is live")
    assert daemon.children()["warung"] == first
    file.write_text(file.read_text().replace("Asia/Jakarta", "Asia/Makassar"))
    daemon.connected(times=2)
    assert daemon.children()["warung"] != first
    assert "its number or its time zone has changed" in daemon.told()
    answers(daemon, "warung", "6281200000001")
    assert daemon.stop() == 0


def test_two_tenants_have_one_number_and_the_second_is_refused_until_it_has_its_own(daemon: Daemon) -> None:
    daemon.tenant("kedai", delay="0s")
    daemon.start(WABOT_RESTART_WAIT="0.05")
    daemon.connected("kedai")
    copied = daemon.tenant("apotek", delay="0s")
    file = copied / "tenant.yaml"
    file.write_text((daemon.rules / "kedai" / "tenant.yaml").read_text())
    status = eventually(lambda: (daemon.data / "apotek").exists() and daemon.status("apotek"), "it is refused")
    assert status["status"] == "refused"
    assert status["detail"].startswith("apotek and kedai have the same number (62811")
    assert "kedai" in daemon.children() and "apotek" not in daemon.children()
    file.write_text(file.read_text().replace('phone: "628', 'phone: "629'))
    daemon.connected("apotek")
    assert daemon.status("apotek")["status"] == "connected"
    running = (daemon.rules / "kedai" / "tenant.yaml").read_text()
    (daemon.rules / "kedai" / "tenant.yaml").write_text(file.read_text())
    eventually(lambda: "the same number (629" in daemon.told(), "a running tenant does not take another's number")
    assert not re.search(r"same number \(\d{9}", daemon.told()), "no log has whole numbers"
    assert daemon.status("kedai")["status"] == "connected"
    assert "have the same number" in daemon.status("kedai")["detail"]
    daemon.kill("kedai")
    eventually(lambda: daemon.status("kedai")["status"] == "refused", "nor after a crash")
    assert "kedai" not in daemon.children()
    (daemon.rules / "kedai" / "tenant.yaml").write_text(running)
    daemon.connected("kedai", times=2)
    assert daemon.status("kedai")["detail"] == ""
    assert daemon.stop() == 0


def git(place: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=Uji", "-c", "user.email=uji@example.com", *words],
        cwd=place,
        check=True,
        capture_output=True,
    )


def test_a_checkout_of_two_hundred_files_is_one_reload(daemon: Daemon) -> None:
    folder = daemon.tenant(delay="0s")
    numbers = range(200)
    written = "".join(
        f"  - id: r{number}\n    trigger: {{type: keyword, keywords: [kata{number}]}}\n"
        f"    response: {{type: template, template: t{number}.j2}}\n"
        for number in numbers
    )
    (folder / "rules.yaml").write_text(rules(written)["rules.yaml"])
    (folder / "templates").mkdir()
    for branch in ("lama", "baru"):
        for number in numbers:
            (folder / "templates" / f"t{number}.j2").write_text(f"{branch} {number} kak.\n")
        if branch == "lama":
            git(daemon.rules, "init", "-b", "lama")
        else:
            git(daemon.rules, "checkout", "-b", "baru")
        git(daemon.rules, "add", ".")
        git(daemon.rules, "commit", "-m", branch)
    git(daemon.rules, "checkout", "lama")
    daemon.start()
    daemon.connected()
    assert daemon.told().count("rules are live") == 1
    revision = daemon.status()["rules"]["revision"]
    git(daemon.rules, "checkout", "baru")
    eventually(lambda: daemon.status()["rules"]["revision"] != revision, f"the checkout is live: {daemon.told()}")
    daemon.say("kata7")
    assert eventually(daemon.replies, "answered") == ["baru 7 kak.\n"]
    assert daemon.told().count("rules are live") == 2
    assert "broken rules" not in daemon.told()
    assert daemon.stop() == 0


def test_files_that_are_written_while_git_holds_its_lock_are_one_change_with_those_before(daemon: Daemon) -> None:
    folder = daemon.tenant(delay="0s")
    (daemon.rules / ".git").mkdir()
    daemon.start()
    daemon.connected()
    lock = daemon.rules / ".git" / "index.lock"
    lock.touch()
    (folder / "rules.yaml").write_text("version: 1\nrules: [\n")
    answers(daemon, "warung", "6281200000001")  # time goes by, more than without the lock would be waited
    eventually(lambda: lock.stat().st_mtime + 1 < (folder / "rules.yaml").stat().st_mtime or _touch(folder), "a second")
    (folder / "rules.yaml").write_text(rules(JAM.replace("tiap hari", "hari ini"))["rules.yaml"])
    lock.unlink()
    daemon.say("jam buka?", sender="6281200000002")
    eventually(lambda: daemon.told().count("rules are live") == 2, "the change is live")
    assert "broken rules" not in daemon.told()
    assert daemon.stop() == 0


def _touch(folder: Path) -> bool:
    (folder / "rules.yaml").touch()
    return False


def test_a_session_that_needs_a_person_is_not_started_again_until_somebody_has_acted(daemon: Daemon) -> None:
    daemon.tenant("warung", delay="0s")
    daemon.tenant("toko", delay="0s")
    script = daemon.sim / "toko.in.jsonl"
    script.write_text(
        '{"state": "logout", "detail": "6281200000077 was unlinked.", "action": "Scan the code again."}\n'
    )
    daemon.start(WABOT_RESTART_WAIT="0.02")
    eventually(lambda: "a person must act" in daemon.told(), f"it ends: {daemon.told()}")
    answers(daemon, "warung", "6281200000001")
    status = daemon.status("toko")
    assert (status["status"], status["detail"]) == ("logout", "6281200000077 was unlinked.")
    assert "6281…077 was unlinked" in daemon.told() and "6281200000077" not in daemon.told(), "no log has whole numbers"
    assert status["action"] == "Scan the code again."
    told = (daemon.data / "toko" / "supervisor.json").read_text()
    assert '"status": "needs_a_person"' in told and "wabot reload" in told
    assert daemon.states("toko").count("logout") == 1
    assert daemon.run_wabot("reload").returncode == 0
    eventually(lambda: daemon.states("toko").count("logout") == 2, "an order tries it again, once")
    script.write_text("")
    eventually(lambda: daemon.told().count("a person must act") == 2, "it ends again")
    # Meanwhile a person runs that tenant alone beside the daemon, as for linking its number.
    beside = daemon.beside("toko")
    daemon.connected("toko", times=3)
    beside.send_signal(signal.SIGTERM)
    assert beside.wait(PATIENCE) == 0
    assert daemon.run_wabot("reload").returncode == 0
    daemon.connected("toko", times=4)
    answers(daemon, "toko", "6281200000001")
    assert daemon.status("toko")["status"] == "connected"
    assert daemon.stop() == 0


def test_a_supervisor_that_was_itself_stopped_for_long_kills_no_session(daemon: Daemon) -> None:
    daemon.tenant(delay="0s")
    process = daemon.start(WABOT_SESSION_WATCHDOG="0.6")
    daemon.connected()
    session = daemon.children()["warung"]
    process.send_signal(signal.SIGSTOP)
    answers(daemon, "warung", "6281200000001")
    time.sleep(1.5)  # longer than the silence that is too long
    process.send_signal(signal.SIGCONT)
    answers(daemon, "warung", "6281200000002")
    assert daemon.children()["warung"] == session
    assert "no sign of life" not in daemon.told()
    assert daemon.stop() == 0
