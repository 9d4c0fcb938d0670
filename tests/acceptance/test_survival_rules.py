"""Rules that would hurt their own session: endless texts, slow regexes, a thousand rules. Nobody but
the customer of that rule may notice."""

from tests.acceptance.daemon import JAM, Daemon, eventually
from tests.acceptance.oracle import rows

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


def many(count: int) -> str:
    return "".join(
        f"  - id: barang-{number}\n    trigger: {{type: keyword, keywords: [barang {number} ada]}}\n"
        f"    response: Barang {number} ada kak.\n"
        for number in range(count)
    )


def test_a_regex_made_to_be_slow_a_thousand_rules_and_messages_as_long_as_whatsapp_allows_are_decided_at_once(
    daemon: Daemon,
) -> None:
    daemon.tenant(text=SLOW + many(1_000) + JAM, delay="0s", debounce="0s")
    daemon.start()
    daemon.connected()
    words = "alamat pengembalian " * 3_276
    for number, text in enumerate(["a" * 60_000 + "!", "a" * 65_536, words, words.replace(" ", "x"), "é" * 65_536]):
        daemon.say(text, sender=f"628120000001{number}")
    for number in (0, 499, 999):
        daemon.say(f"barang {number} ada?", sender=f"6281200000{number:03}")
    daemon.say("jam buka?")
    eventually(lambda: len(daemon.replies()) == 5, f"all are answered: {daemon.told()[-2000:]}")
    eventually(lambda: daemon.status()["received"] == 9, "all are decided")
    wanted = ["Cocok kak.", "Kami buka tiap hari kak.", *(f"Barang {number} ada kak." for number in (0, 499, 999))]
    assert sorted(daemon.replies()) == sorted(wanted)
    kept = rows(daemon, "SELECT LENGTH(content) FROM messages WHERE sender_type = 'customer' ORDER BY 1")
    assert [length for (length,) in kept][-2:] == [65_536, 65_536]
    assert daemon.stop() == 0
