"""What no rule knew, as live shops leave it in their stores."""

from contextlib import closing
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.session.stage import ANI, BUDI, START, Stage, stage
from tests.tenants import rules, write_tenant
from wabot.analytics.period import Period
from wabot.analytics.unanswered import Question, Tenant, Unanswered, read_questions, unanswered
from wabot.engine.load import load_tenant
from wabot.store.sqlite.opening import open_file
from wabot.store.sqlite.reading import asking

MINUTE = 60_000
DAY = date(2026, 1, 28)
JAKARTA = ZoneInfo("Asia/Jakarta")
JAM = "  - {id: jam-buka, trigger: {type: keyword, keywords: [jam buka]}, response: Kami buka kak.}\n"
FALLBACK = "  - {id: tidak-paham, trigger: {type: fallback}, response: Sebentar kak., cooldown: 30m}\n"
MENU = """\
  - id: menu
    trigger: {type: keyword, keywords: [menu]}
    response: {type: menu, message: Pilih., options: [{key: "1", label: Jam, goto: jam-buka}], invalid: Ketik 1 kak.}
"""


def questions(place: Path, first: date = DAY, last: date = DAY) -> list[Question]:
    """What no rule of the stage's shop knew on these days."""
    rule_set = load_tenant(place / "rules" / "warung").rule_set
    with asking(place / "data", "warung") as ask:
        return sorted(read_questions(ask, Period(first, last, JAKARTA), rule_set), key=lambda one: one.at)


def told(place: Path) -> list[tuple[str, str]]:
    return [(one.text, one.instead) for one in questions(place)]


async def say(shop: Stage, *texts: str, chat: str = BUDI) -> None:
    for text in texts:
        await shop.say(text, chat)
        shop.later(MINUTE)


async def test_what_no_rule_knew_is_told_and_what_one_answered_is_not(tmp_path: Path) -> None:
    async with stage(tmp_path, JAM) as shop:
        await say(shop, "jam buka?", "halal kak?", "ada parkir?")
    assert told(tmp_path) == [("halal kak?", "nobody"), ("ada parkir?", "nobody")]


async def test_what_only_a_fallback_answered_or_would_have_counts(tmp_path: Path) -> None:
    async with stage(tmp_path, JAM + FALLBACK) as shop:
        await say(shop, "halal kak?", "ada parkir?", "jam buka?")
    assert shop.replies == ["Sebentar kak.", "Kami buka kak."]
    assert told(tmp_path) == [("halal kak?", "fallback"), ("ada parkir?", "fallback")]


async def test_a_fallback_is_known_by_its_rule_where_no_trace_was_kept(tmp_path: Path) -> None:
    async with stage(tmp_path, JAM + FALLBACK) as shop:
        await say(shop, "halal kak?", "jam buka?")
    with closing(open_file(tmp_path / "data")) as connection:
        connection.execute("UPDATE auto_reply_logs SET trace = '[]'")
    assert told(tmp_path) == [("halal kak?", "fallback")]


async def test_what_a_rules_own_limit_held_back_does_not_count(tmp_path: Path) -> None:
    async with stage(tmp_path, JAM.replace("response", "cooldown: 1h, response") + FALLBACK) as shop:
        await say(shop, "jam buka?", "jam buka??", "jam buka ga")
    assert (shop.told.reasons, told(tmp_path)) == (["cooldown", "cooldown"], [])


async def test_messages_in_quick_succession_each_count_though_the_fallback_answers_once(tmp_path: Path) -> None:
    async with stage(tmp_path, FALLBACK.replace(", cooldown: 30m", ""), hurry=False) as shop:
        shop.clock.runs.clear()
        for text in ("kak mau tanya", "ada parkir?"):
            await shop.say(text, settle=False)
        await shop.session_decided(2)
        shop.clock.runs.set()
        await shop.settle()
    assert shop.told.reasons == ["same_burst"]
    assert [instead for _, instead in told(tmp_path)] == ["fallback", "fallback"]


async def test_what_is_no_choice_of_an_open_menu_counts(tmp_path: Path) -> None:
    async with stage(tmp_path, JAM + MENU + FALLBACK) as shop:
        await say(shop, "menu", "halal kak?", "1")
    assert told(tmp_path) == [("halal kak?", "menu")]


async def test_days_are_those_of_the_shop_and_of_the_customers_clock(tmp_path: Path) -> None:
    midnight = START + 14 * 60 * MINUTE  # of the 29th in Jakarta
    async with stage(tmp_path, JAM) as shop:
        shop.clock.set(midnight - MINUTE)
        await shop.say("malam")
        shop.clock.set(midnight + MINUTE)
        await shop.say("terlambat", ANI, sent_at=midnight - MINUTE)
        await shop.say("besok", ANI)
    assert [one.text for one in questions(tmp_path)] == ["malam", "terlambat"]
    assert [one.text for one in questions(tmp_path, date(2026, 1, 29), date(2026, 1, 30))] == ["besok"]


async def test_what_a_customer_takes_back_is_gone_and_what_they_edit_is_as_it_now_reads(tmp_path: Path) -> None:
    async with stage(tmp_path, JAM) as shop:
        await say(shop, "rahasia", "ada parkr?")
        await shop.say("", about="A1", type="revoke")
        await shop.say("ada parkir?", about="A2", type="edit")
    assert [one.text for one in questions(tmp_path)] == ["ada parkir?"]


def found(place: Path, asked: list[Question], text: str = JAM, **more: int) -> Unanswered:
    folder = write_tenant(place / "warung", rules(text))
    return unanswered(asked, Tenant(folder, load_tenant(folder).rule_set, JAKARTA), START, **more)


def test_a_question_that_a_rule_of_today_answers_is_told_apart(tmp_path: Path) -> None:
    asked = [Question(text, "text", BUDI, START) for text in ("jam buka?", "JAM BUKA", "halal?", "halal kak")]
    seen = found(tmp_path, asked)
    assert (seen.asked, dict(seen.known), [one.word for one in seen.matters]) == (2, {"jam-buka": 2}, ["halal"])


def test_files_without_a_text_greetings_and_signs_are_told_apart(tmp_path: Path) -> None:
    asked = [
        Question("", "image", BUDI, START),
        Question("ini halal?", "image", BUDI, START),
        Question("", "audio", ANI, START),
        Question(" ", "image", ANI, START),
        Question("halo kak", "text", ANI, START),
        Question("👍", "text", ANI, START),
    ]
    seen = found(tmp_path, asked, least=1)
    assert (seen.asked, dict(seen.media), seen.greetings, seen.wordless) == (1, {"image": 2, "audio": 1}, 1, 1)
    assert [one.word for one in seen.matters] == ["halal"]


def test_a_matter_says_how_many_customers_asked_when_last_and_who_answered_instead(tmp_path: Path) -> None:
    asked = [
        Question("halal?", "text", BUDI, START),
        Question("halal kak", "text", BUDI, START + 2, "fallback"),
        Question("halal ya", "text", ANI, START + 1, "fallback"),
    ]
    (matter,) = found(tmp_path, asked).matters
    assert (matter.asked, matter.customers, matter.last_at) == (3, 2, START + 2)
    assert dict(matter.instead) == {"fallback": 2, "nobody": 1}


def test_what_is_asked_too_rarely_or_beyond_what_is_wanted_is_counted(tmp_path: Path) -> None:
    texts = ["halal?", "halal", "halal ya", "wifi", "wifi?", "parkir", "parkir?", "sambal?"]
    asked = [Question(text, "text", BUDI, START) for text in texts]
    seen = found(tmp_path, asked, most=2)
    assert ([one.word for one in seen.matters], seen.others, seen.asked) == (["halal", "parkir"], 3, 8)


def test_a_message_is_read_as_the_type_that_it_is(tmp_path: Path) -> None:
    only = "conditions: {message_type: [image]}"
    pictures = f"  - {{id: bukti, trigger: {{type: keyword, keywords: [bukti]}}, {only}, response: Ok.}}\n"
    asked = [Question("bukti", "image", BUDI, START), Question("bukti", "text", BUDI, START)]
    seen = found(tmp_path, asked, pictures, least=1)
    assert (dict(seen.known), [one.asked for one in seen.matters]) == ({"bukti": 1}, [1])
