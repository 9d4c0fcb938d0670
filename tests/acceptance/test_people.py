"""People who answer, beside a running `wabot run`."""

from pathlib import Path

from tests.acceptance.daemon import JAM, Daemon, eventually

CS = """\
  - {id: cs, trigger: {type: keyword, keywords: [admin]}, response: {type: forward_to_cs, message: Sebentar kak.}}
"""
BUDI, OWN = "6281200000001", "6281100000000"
SARI = "sari@warung.id"


def sent(daemon: Daemon) -> list[tuple[str, str]]:
    return [(line["to"], line["text"]) for line in daemon.lines() if "text" in line]


def notified(folder: Path) -> None:
    with (folder / "tenant.yaml").open("a") as file:
        file.write("handoff: {notify: self, nobody: Besok ya kak.}\n")


def test_a_person_takes_a_chat_over_from_the_bot_and_hands_it_back(daemon: Daemon) -> None:
    notified(daemon.tenant(text=JAM + CS, delay="0s"))
    daemon.start()
    daemon.connected()
    assert daemon.wabot("operator", "add", SARI, "--tenant", "warung", "--status", "offline")["status"] == "offline"
    daemon.say("admin dong")
    note = f"Ada pelanggan yang perlu dibalas: Budi ({BUDI})\nKarena: cs\nPesannya: admin dong"
    eventually(
        lambda: sorted(sent(daemon)) == sorted([(BUDI, "Sebentar kak.\n\nBesok ya kak."), (OWN, note)]),
        f"the customer and the owner are told: {daemon.told()}",
    )
    assert daemon.wabot("operator", "set", SARI, "--status", "online")["open_chats"] == 1
    assert daemon.wabot("conversations", BUDI)["operator"] == SARI

    assert daemon.wabot("say", BUDI, "Halo kak, saya Sari", "--as", SARI)["text"]
    eventually(lambda: sent(daemon)[-1] == (BUDI, "Halo kak, saya Sari"), f"it goes out: {daemon.told()}")
    daemon.say("jam buka?")
    eventually(lambda: daemon.status()["by_reason"] == {"handled_by_person": 1}, "the bot is silent")

    daemon.kill()
    daemon.connected(times=2)
    assert daemon.wabot("resolve", BUDI)["status"] == "resolved"
    daemon.say("jam buka?")
    eventually(lambda: sent(daemon)[-1] == (BUDI, "Kami buka tiap hari kak."), f"the bot answers: {daemon.told()}")
    assert len(sent(daemon)) == 4
    chat = daemon.wabot("conversations", BUDI)
    assert (chat["status"], chat["reopened"], chat["operator"]) == ("active", 1, None)
    assert [said["sender"] for said in chat["last_messages"]] == [
        *("customer", "auto_reply", "cs", "customer", "customer", "auto_reply"),
    ]
    assert daemon.wabot("outbox")["outbox"] == []
    assert daemon.stop() == 0


def test_what_a_person_wrote_while_nothing_ran_goes_out_at_the_next_start(daemon: Daemon) -> None:
    daemon.tenant(text=JAM, delay="0s")
    daemon.start()
    daemon.connected()
    daemon.say("jam buka?")
    eventually(daemon.replies, "the bot answers")
    assert daemon.stop() == 0
    for number in range(3):
        daemon.wabot("say", BUDI, f"Pesan {number}")
    daemon.start()
    eventually(lambda: daemon.replies()[1:] == ["Pesan 0", "Pesan 1", "Pesan 2"], f"they go out: {daemon.told()}")
    assert daemon.stop() == 0
