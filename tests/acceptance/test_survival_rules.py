"""Rules that would hurt their own session: endless texts, slow regexes, a thousand rules, rules that change under an
open menu. Nobody but the customer of that rule may notice."""

from pathlib import Path

from tests.acceptance.daemon import JAM, Daemon, eventually
from tests.acceptance.oracle import rows
from tests.tenants import rules

ENDLESS = """\
  - id: racun
    trigger: {type: keyword, keywords: [racun]}
    response: '{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}'
  - id: raksasa
    trigger: {type: keyword, keywords: [raksasa]}
    response: "{% for a in range(99) %}{{ message|replace('', message)|replace('', message) }}{% endfor %}"
"""
SLOW = """\
  - id: lambat
    trigger: {type: pattern, regex: '^(a+)+(b|a+)+(a|aa)+$'}
    response: Cocok kak.
  - id: salah-ketik
    trigger: {type: keyword, keywords: [alamat toko kami di mana ya, pengembalian barang], match: fuzzy}
    response: Di Dago kak.
"""


def test_a_text_without_end_costs_its_customer_the_reply_calls_a_person_and_harms_nobody_else(daemon: Daemon) -> None:
    daemon.tenant(text=ENDLESS + JAM, delay="0s", debounce="0s")
    daemon.tenant("toko", delay="0s", debounce="0s")
    daemon.start()
    daemon.connected()
    daemon.connected("toko")
    pid = daemon.children()["warung"]
    daemon.say("racun")
    daemon.say("raksasa " + "x" * 500, sender="6281200000002")
    daemon.say("jam buka?", sender="6281200000003")
    daemon.say("jam buka?", tenant="toko")
    eventually(lambda: daemon.replies() == ["Kami buka tiap hari kak."], f"the next chat: {daemon.told()}")
    eventually(lambda: daemon.replies("toko"), "the other tenant")
    eventually(lambda: len(rows(daemon, "SELECT * FROM auto_reply_logs")) == 3, "all are decided")
    assert rows(daemon, "SELECT priority FROM conversations ORDER BY chat") == [("high",), ("high",), ("normal",)]
    reasons = daemon.status()["by_reason"]
    assert reasons == {"text_failed:racun": 1, "text_failed:raksasa": 1}
    daemon.say("jam buka?")
    eventually(lambda: len(daemon.replies()) == 2, "the chat of the endless text goes on")
    assert daemon.children()["warung"] == pid, "the session did not die of it"
    assert daemon.stop() == 0


def test_a_regex_made_to_be_slow_and_messages_as_long_as_whatsapp_allows_are_decided_at_once(daemon: Daemon) -> None:
    daemon.tenant(text=SLOW + JAM, delay="0s", debounce="0s")
    daemon.start()
    daemon.connected()
    words = "alamat pengembalian " * 3_276
    for number, text in enumerate(["a" * 60_000 + "!", "a" * 65_536, words, words.replace(" ", "x"), "é" * 65_536]):
        daemon.say(text, sender=f"628120000001{number}")
    daemon.say("jam buka?")
    eventually(lambda: "Kami buka tiap hari kak." in daemon.replies(), f"the next chat: {daemon.told()[-2000:]}")
    eventually(lambda: daemon.status()["received"] == 6, "all are decided")
    assert sorted(daemon.replies()) == ["Cocok kak.", "Kami buka tiap hari kak."]
    kept = rows(daemon, "SELECT LENGTH(content) FROM messages WHERE sender_type = 'customer' ORDER BY 1")
    assert [length for (length,) in kept][-2:] == [65_536, 65_536]
    assert daemon.stop() == 0


def many(count: int) -> str:
    return "".join(
        f"  - id: barang-{number}\n    trigger: {{type: keyword, keywords: [barang {number} ada]}}\n"
        f"    response: Barang {number} ada kak.\n"
        for number in range(count)
    )


def test_a_thousand_rules_are_live_and_each_is_found(daemon: Daemon) -> None:
    daemon.tenant(text=many(1_000), delay="0s", debounce="0s")
    daemon.start()
    daemon.connected()
    for number in (0, 499, 999):
        daemon.say(f"barang {number} ada?", sender=f"6281200000{number:03}")
    eventually(lambda: len(daemon.replies()) == 3, f"all are answered: {daemon.told()[-2000:]}")
    assert sorted(daemon.replies()) == [f"Barang {number} ada kak." for number in (0, 499, 999)]
    assert daemon.stop() == 0


MENU = """\
  - id: layanan
    trigger: {type: keyword, keywords: [menu]}
    response:
      type: menu
      message: Pilih ya kak
      options:
        - {key: "1", label: Jam buka, goto: jam-buka}
        - {key: "2", label: Harga, goto: harga}
  - id: harga
    trigger: {type: keyword, keywords: [harga]}
    response: Mulai 15 ribu kak.
"""


def live(daemon: Daemon, folder: Path, text: str) -> None:
    """The rules are now `text`."""
    before = daemon.told().count("rules are live")
    (folder / "rules.yaml").write_text(rules(text)["rules.yaml"])
    eventually(lambda: daemon.told().count("rules are live") > before, f"reloaded: {daemon.told()}")


def test_a_menu_whose_rule_or_target_is_deleted_while_it_is_open_chooses_nothing_and_the_chat_goes_on(
    daemon: Daemon,
) -> None:
    folder = daemon.tenant(text=MENU + JAM, delay="0s", debounce="0s")
    daemon.start()
    daemon.connected()
    first, second = "6281200000001", "6281200000002"
    for customer in (first, second):
        daemon.say("menu", sender=customer)
    eventually(lambda: len(daemon.replies()) == 2, "the menu is open")
    # The target goes, and with it the option that led there.
    shorter = MENU[: MENU.index("  - id: harga")].replace('        - {key: "2", label: Harga, goto: harga}\n', "")
    live(daemon, folder, shorter + JAM)
    daemon.say("2", sender=first)
    eventually(lambda: len(daemon.replies()) == 3, f"told that it is no option: {daemon.told()}")
    assert daemon.replies()[2].startswith("Maaf")
    daemon.say("1", sender=first)
    eventually(lambda: daemon.replies()[3:] == ["Kami buka tiap hari kak."], "what is left can be chosen")
    live(daemon, folder, JAM)
    daemon.say("1", sender=second)
    daemon.say("jam buka?", sender=second)
    eventually(lambda: daemon.replies()[4:] == ["Kami buka tiap hari kak."], "the chat goes on without its menu")
    eventually(lambda: daemon.status()["by_reason"] == {"no_match": 1}, "the number alone means nothing now")
    assert "could not be decided" not in daemon.told()
    assert daemon.stop() == 0


def test_a_rule_that_is_renamed_begins_its_cooldown_anew_and_the_old_one_disturbs_nobody(daemon: Daemon) -> None:
    limited = JAM.replace("kak.\n", "kak.\n    cooldown: 10m\n")
    folder = daemon.tenant(text=limited, delay="0s", debounce="0s")
    daemon.start()
    daemon.connected()
    daemon.say("jam buka?")
    eventually(lambda: len(daemon.replies()) == 1, "answered")
    daemon.say("jam buka?")
    eventually(lambda: daemon.status()["by_reason"] == {"cooldown": 1}, "held back")
    live(daemon, folder, limited.replace("id: jam-buka", "id: jam"))
    daemon.say("jam buka?")
    eventually(lambda: len(daemon.replies()) == 2, f"the renamed rule is another rule: {daemon.told()}")
    daemon.say("jam buka?")
    eventually(lambda: daemon.status()["by_reason"] == {"cooldown": 2}, "with its own cooldown")
    assert daemon.status()["by_rule"] == {"jam": 1, "jam-buka": 1}
    assert daemon.stop() == 0
