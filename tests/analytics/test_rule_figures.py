"""What the rules of a live shop did, from its sums."""

from datetime import date
from pathlib import Path

from tests.analytics.counted import JAKARTA, counted
from tests.session.people import Shop
from tests.session.stage import ANI, BUDI, stage
from wabot.analytics.period import Period
from wabot.analytics.rule_figures import RuleFigures, rule_figures
from wabot.engine.load import load_tenant
from wabot.language.rule_set import Rule
from wabot.store.sqlite.reading import asking

MINUTE = 60_000
DAY = 86_400_000
RULES = """\
  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}
  - {id: harga, trigger: {type: keyword, keywords: [harga]}, response: Mulai 10rb kak.}
  - {id: promo, trigger: {type: keyword, keywords: [promo]}, response: Diskon kak.}
  - {id: lama, enabled: false, trigger: {type: keyword, keywords: [lama]}, response: Lama kak.}
  - {id: ongkir, trigger: {type: keyword, keywords: [ongkir]}, response: 10rb kak.}
"""


def figures(place: Path, days: tuple[date, date], rules: tuple[Rule, ...] | None) -> RuleFigures:
    with asking(place / "data", "warung") as ask:
        return rule_figures(ask, Period(*days, JAKARTA), rules)


async def test_each_rule_tells_how_often_it_answered_and_how_often_that_was_enough(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        desk = Shop(shop, tmp_path)
        desk.hire()
        await shop.say("jam buka?")
        shop.later(MINUTE)
        await shop.say("halal kak?")  # what no rule knows
        shop.later(30 * MINUTE)
        await shop.say("jam buka?", ANI)
        shop.later(MINUTE)
        desk.says("Halo kak, ada yang lain?", ANI)
        await desk.sent()
        shop.later(DAY)
        last = shop.clock.now()
        await shop.say("ongkir", BUDI)
        await shop.say("jam buka", BUDI)
    counted(tmp_path / "data", shop.clock.now())
    written = load_tenant(tmp_path / "rules" / "warung").readable
    assert written is not None
    seen = figures(tmp_path, (date(2026, 1, 28), date(2026, 1, 29)), written.rules[:-1])
    assert [(one.rule, one.fired, one.alone, one.by_person, one.unknown_next) for one in seen.rules] == [
        ("jam-buka", 3, 1, 1, 1),
        ("ongkir", 1, 1, 0, 0),
    ]
    assert [(one.standing, one.trigger) for one in seen.rules] == [("live", "keyword"), ("gone", "")]
    assert seen.rules[0].last_at is not None
    assert abs(seen.rules[0].last_at - last) < MINUTE
    assert [one.rule for one in seen.idle] == ["harga", "promo"]
    assert dict(seen.silences) == {"no_match": 1}
    assert seen.rules[0].share_alone == 1 / 3


async def test_a_period_has_what_happened_on_its_days_only(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES) as shop:
        await shop.say("promo")
        shop.later(DAY)
        await shop.say("jam buka?")
    counted(tmp_path / "data", shop.clock.now())
    seen = figures(tmp_path, (date(2026, 1, 29), date(2026, 1, 29)), None)
    assert [(one.rule, one.fired, one.standing) for one in seen.rules] == [("jam-buka", 1, "unknown")]
    assert seen.idle == ()


async def test_a_rule_that_only_failed_did_something(tmp_path: Path) -> None:
    broken = '  - {id: sisa, trigger: {type: keyword, keywords: [sisa]}, response: "{{ vars.stok / 0 }}"}\n'
    async with stage(tmp_path, broken, tenant={"vars": "{stok: 3}"}) as shop:
        await shop.say("sisa?")
    counted(tmp_path / "data", shop.clock.now())
    written = load_tenant(tmp_path / "rules" / "warung").readable
    assert written is not None
    seen = figures(tmp_path, (date(2026, 1, 28), date(2026, 1, 28)), written.rules)
    assert [(one.rule, one.fired, one.failed, one.share_alone) for one in seen.rules] == [("sisa", 0, 1, None)]
    assert (seen.idle, dict(seen.silences)) == ((), {})
