"""What a store holds, decided again: by the same rules nothing differs, by others what the owner meant to change."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from tests.analytics.replayed import HOUR, MINUTE, Step, lived, steps
from tests.examples import examples
from tests.session.stage import ANI, BUDI, START
from wabot.analytics.replaying.compare import Comparing, OfRule, Tally
from wabot.analytics.replaying.stored import Asked, staffed, stored
from wabot.engine.load import load_tenant
from wabot.language.rule_set import RuleSet
from wabot.store.sqlite.reading import asking

FAR = START + 400 * 86_400_000


def rules_at(place: Path) -> RuleSet:
    loaded = load_tenant(place)
    assert loaded.rule_set is not None, loaded.diagnostics
    return loaded.rule_set


def replayed(place: Path, rule_set: RuleSet, since: int = 0) -> tuple[Tally, list[tuple[str, Asked]]]:
    tally = Tally()
    seen: list[tuple[str, Asked]] = []
    with asking(place / "data", "warung") as ask:
        comparing = Comparing(rule_set, staffed=staffed(ask))
        for asked in stored(ask, rule_set, since, FAR):
            change = comparing.change(asked)
            tally.count(asked, change)
            seen.append((change, asked))
    return tally, seen


def differing(seen: list[tuple[str, Asked]]) -> list[str]:
    found = []
    for change, asked in seen:
        assert asked.heard is not None
        now = asked.heard.decision.reason
        if change or asked.reason != now or [one.text for one in asked.then] != [one.text for one in asked.heard.said]:
            found.append(
                f"{asked.message.text!r} {asked.at - START}: {asked.reason} {asked.then} → {now} {asked.heard.said}"
            )
    return found


@examples(60, deadline=None)
@given(st.integers(0, 10**9))
def test_the_rules_that_were_live_answer_as_they_did(seed: int) -> None:
    script = steps(random.Random(seed), 60)
    with TemporaryDirectory() as name:
        place = Path(name)
        lived(place, script)
        tally, seen = replayed(place, rules_at(place / "rules" / "warung"))
    assert tally.messages == sum(kind in ("say", "old") for kind, _ in script)
    assert differing(seen) == []


def say(text: str, who: str = BUDI) -> Step:
    return "say", (text, who)


def other(place: Path, before: str, after: str) -> RuleSet:
    """The rules that were live, but for one piece of their text."""
    text = (place / "rules" / "warung" / "rules.yaml").read_text()
    assert before in text
    (place / "rules" / "warung" / "rules.yaml").write_text(text.replace(before, after))
    return rules_at(place / "rules" / "warung")


def changes(seen: list[tuple[str, Asked]]) -> list[tuple[str, str]]:
    return [(asked.message.text, change) for change, asked in seen if change]


def test_a_rule_that_says_something_else_changes_where_it_answers(tmp_path: Path) -> None:
    lived(tmp_path, [say("halo"), ("wait", MINUTE), say("jam buka?"), ("wait", HOUR), say("entah")])
    tally, seen = replayed(tmp_path, other(tmp_path, "Buka {{ hours.today }} kak.", "Tiap hari kak."))
    assert changes(seen) == [("jam buka?", "other_text")]
    assert tally.rules["jam-buka"] == OfRule(then=1, now=1, other_text=1)
    assert (tally.changed, tally.changed_chats, tally.chats, tally.messages) == (1, 1, 1, 3)


def test_cooldowns_follow_what_the_new_rules_have_answered(tmp_path: Path) -> None:
    asks = [step for _ in range(3) for step in (say("jam buka?"), ("wait", 4 * MINUTE))]
    lived(tmp_path, [say("halo"), ("wait", MINUTE), *asks])
    tally, seen = replayed(tmp_path, other(tmp_path, "cooldown: 10m", "cooldown: 3m"))
    assert changes(seen) == [("jam buka?", "answered"), ("jam buka?", "answered")]
    assert (tally.reasons["cooldown"], tally.reasons_now["cooldown"]) == (2, 0)
    assert tally.rules["jam-buka"] == OfRule(then=1, now=3, gained=2)


def test_a_rule_that_is_gone_leaves_its_messages_to_others_or_to_nobody(tmp_path: Path) -> None:
    lived(tmp_path, [say("halo"), ("wait", MINUTE), say("ada diskon?"), say("ongkir ke bandung", ANI), ("wait", MINUTE),
                     say("ongkir ke solo", ANI)])  # fmt: skip
    tally, seen = replayed(tmp_path, other(tmp_path, "keywords: [ongkir]", "keywords: [kirim]"))
    assert changes(seen) == [("ongkir ke solo", "other_rule")]
    assert tally.rules["ongkir"].lost == 1
    assert tally.rules["ongkir-luar"] == OfRule(then=1, now=1)


def test_a_menu_is_open_when_the_new_rules_have_opened_it(tmp_path: Path) -> None:
    lived(tmp_path, [say("halo"), ("wait", MINUTE), say("lihat dong"), ("wait", MINUTE), say("3")])
    _, seen = replayed(tmp_path, other(tmp_path, "keywords: [menu]", "keywords: [menu, lihat]"))
    assert changes(seen) == [("lihat dong", "answered"), ("3", "answered")]
    heard = seen[-1][1].heard
    assert heard is not None
    assert [one.rule for one in heard.said] == ["promo"]


def test_what_a_person_said_silences_the_bot_for_as_long_as_the_new_rules_say(tmp_path: Path) -> None:
    lived(tmp_path, [say("halo"), ("phone", BUDI), ("wait", 40 * MINUTE), say("jam buka?")])
    rule_set = rules_at(tmp_path / "rules" / "warung")
    assert changes(replayed(tmp_path, rule_set)[1]) == []
    path = tmp_path / "rules" / "warung" / "tenant.yaml"
    path.write_text(path.read_text().replace("pause: 1h", "pause: 30m"))
    assert changes(replayed(tmp_path, rules_at(path.parent))[1]) == [("jam buka?", "answered")]


def test_a_pause_that_a_person_ordered_stays_whatever_the_rules_say(tmp_path: Path) -> None:
    lived(tmp_path, [say("halo"), ("wait", MINUTE), ("pause", BUDI), ("wait", HOUR), say("jam buka?"), ("silence", ""),
                     say("menu", ANI), ("wait", MINUTE), say("menu", ANI)])  # fmt: skip
    _, seen = replayed(tmp_path, rules_at(tmp_path / "rules" / "warung"))
    assert differing(seen) == []
    assert [asked.reason for _, asked in seen] == ["answered", "handled_by_person", "paused", "paused"]


def test_another_id_for_the_same_words_changes_nothing_for_customers(tmp_path: Path) -> None:
    lived(tmp_path, [say("halo"), ("wait", MINUTE), say("ada diskon?"), ("wait", MINUTE), say("stiker")])
    tally, seen = replayed(tmp_path, other(tmp_path, "id: salam", "id: selamat-datang"))
    assert changes(seen) == []
    assert (tally.same_words, tally.rules["salam"].lost, tally.rules["selamat-datang"].gained) == (1, 1, 1)


def test_messages_that_are_said_in_turn_are_not_compared_by_whose_turn_it_is(tmp_path: Path) -> None:
    asks = [step for _ in range(2) for step in (say("ongkir?"), ("wait", HOUR))]
    lived(tmp_path, [say("halo"), ("wait", MINUTE), *asks])
    rule_set = other(
        tmp_path,
        '["Ongkir 10 ribu kak.", "Ongkirnya 10 ribu ya kak."',
        '["Ongkirnya 10 ribu ya kak.", "Ongkir 10 ribu kak."',
    )
    assert changes(replayed(tmp_path, rule_set)[1]) == []
    assert len(changes(replayed(tmp_path, other(tmp_path, "Ongkir 10 ribu kak.", "Ongkir 12 ribu kak."))[1])) == 1


def test_a_period_begins_with_what_was_used_before_it(tmp_path: Path) -> None:
    lived(tmp_path, [say("halo"), ("wait", MINUTE), say("jam buka?"), ("wait", 5 * MINUTE), say("jam buka?")])
    tally, seen = replayed(tmp_path, rules_at(tmp_path / "rules" / "warung"), START + 3 * MINUTE)
    assert [(asked.reason, change) for change, asked in seen] == [("cooldown", "")]
    assert tally.messages == 1
