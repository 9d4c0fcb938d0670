"""What a live shop's chats add up to, counted while it runs."""

from pathlib import Path
from zoneinfo import ZoneInfo

from tests.analytics.counted import JAKARTA, counted, day_of
from tests.session.people import RULES, TEAMS, Shop
from tests.session.stage import ANI, BUDI, stage
from tests.session.test_csat import rated
from wabot.model.turn import Receipt
from wabot.store.sqlite.erasing import erase

HOME = "data"
DAY, HOUR, MINUTE = 86_400_000, 3_600_000, 60_000


async def test_a_question_that_a_rule_answers_is_a_conversation_of_the_bot_alone(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        await shop.say("jam buka?", sent_at=shop.clock.now() - 5_000)
    tables = counted(tmp_path / HOME, shop.clock.now())
    wait = tables["analytics_hours"][0]["rule_millis"]
    assert wait >= 5_000
    assert day_of(tables, "2026-01-28") == {
        "total_conversations": 1,
        "new_conversations": 1,
        "active_conversations": 1,
        "bot_only_conversations": 1,
        "total_messages": 2,
        "messages_from_customers": 1,
        "messages_auto_reply": 1,
        "unique_customers": 1,
        "new_customers": 1,
        "questions": 1,
        "rule_responses": 1,
        "rule_response_millis": wait,
        "first_responses_open": 1,
        "first_response_millis_open": wait,
        "messages_decided": 1,
        "messages_answered": 1,
        "auto_reply_triggered": 1,
        "average_response_time_seconds": round(wait / 1000),
        "first_response_time_seconds": round(wait / 1000),
        "auto_reply_success_rate": 100.0,
    }
    (rule,) = tables["rule_analytics"]
    assert (rule["rule_id"], rule["fired"], rule["alone"], rule["by_person"], rule["unknown_next"]) == (
        "jam-buka",
        1,
        1,
        0,
        0,
    )


async def test_a_chat_that_a_person_takes_over_and_settles(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        desk = Shop(shop, tmp_path)
        desk.hire()
        await shop.say("admin")
        shop.later(5 * MINUTE)
        desk.says("Halo, dengan Sari")
        await desk.sent()
        shop.later(HOUR)
        assert desk.resolve()
        shop.later(2 * DAY)
        await shop.say("jam buka?")
    tables = counted(tmp_path / HOME, shop.clock.now())
    day = day_of(tables, "2026-01-28")
    assert (day["new_conversations"], day["handed_over_conversations"], day["resolved_conversations"]) == (1, 1, 1)
    assert "bot_only_conversations" not in day
    assert day["first_person_responses"] == 1
    first, second = tables["analytics_episodes"]
    assert first["settled_at"] - first["began_at"] == day["resolution_millis"]
    assert (first["settled_by"], first["is_new_customer"], second["is_new_customer"]) == ("sari@warung.id", 1, 0)
    assert second["settled_at"] is None
    (person,) = (row for row in tables["operator_analytics"] if row["settled"])
    assert (person["operator"], person["chats"], person["messages"]) == ("sari@warung.id", 1, 1)


async def test_receipts_that_come_late_correct_the_hour_of_their_message(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        await shop.say("jam buka?")
        before = day_of(counted(tmp_path / HOME, shop.clock.now()), "2026-01-28")
        shop.later(2 * DAY)
        assert shop.channel.inbox is not None
        await shop.channel.inbox.receipt(Receipt(shop.channel.sent[-1], "read", shop.clock.now()))
        after = day_of(counted(tmp_path / HOME, shop.clock.now()), "2026-01-28")
    assert after == {**before, "messages_delivered": 1, "messages_read": 1}


async def test_a_rebuild_comes_to_the_same_numbers(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        desk = Shop(shop, tmp_path)
        desk.hire()
        for wave in range(3):
            await shop.say("jam buka?")
            await shop.say("bisa cod?", ANI)
            await shop.say("admin", ANI)
            kept = counted(tmp_path / HOME, shop.clock.now())
            shop.later(9 * HOUR + wave)
            desk.says("Bisa kak", ANI)
            await desk.sent()
            desk.resolve(ANI)
    kept = counted(tmp_path / HOME, shop.clock.now())
    assert counted(tmp_path / HOME, shop.clock.now(), anew=True) == kept


async def test_a_tenant_that_changes_its_time_zone_is_counted_anew_on_its_new_clock(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        shop.later(13 * HOUR + 30 * MINUTE)  # 23.30 in Jakarta, 01.30 of the next day in Jayapura
        await shop.say("jam buka?")
    tables = counted(tmp_path / HOME, shop.clock.now())
    assert [row["date"] for row in tables["chat_analytics"] if row["hour"] == 23] == ["2026-01-28"]
    tables = counted(tmp_path / HOME, shop.clock.now(), ZoneInfo("Asia/Jayapura"))
    assert [(row["date"], row["hour"]) for row in tables["chat_analytics"]] == [("2026-01-29", 1), ("2026-01-29", None)]


async def test_a_customer_who_is_forgotten_is_in_no_figure(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        await shop.say("jam buka?", BUDI)
        await shop.say("jam buka?", ANI)
        assert day_of(counted(tmp_path / HOME, shop.clock.now()), "2026-01-28")["unique_customers"] == 2
    erase(tmp_path / HOME, "warung", BUDI)
    tables = counted(tmp_path / HOME, shop.clock.now())
    assert day_of(tables, "2026-01-28")["unique_customers"] == 1


async def test_figures_outlive_what_they_were_counted_from_and_a_rebuild_leaves_them(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        for _day in range(20):
            await shop.say("jam buka?")
            await shop.say("bisa cod?")
            shop.later(DAY // 2)  # one conversation that goes on for days
        kept = counted(tmp_path / HOME, shop.clock.now())
        deleted = await shop.store.upkeep.clean_up(shop.clock.now() - 7 * DAY, shop.clock.now(), JAKARTA)
        assert deleted["messages"] > 0
        assert counted(tmp_path / HOME, shop.clock.now())["chat_analytics"] == kept["chat_analytics"]
        assert counted(tmp_path / HOME, shop.clock.now(), anew=True)["chat_analytics"] == kept["chat_analytics"]
        await shop.say("jam buka?")
        after = counted(tmp_path / HOME, shop.clock.now())
        assert counted(tmp_path / HOME, shop.clock.now(), anew=True) == after


async def test_the_time_that_people_are_there_is_known_by_the_hour(tmp_path: Path) -> None:
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        desk = Shop(shop, tmp_path)
        desk.hire()  # at 10.00
        await shop.say("admin")
        shop.later(90 * MINUTE)
        desk.says("Halo kak")
        await desk.sent()
        desk.change(status="offline")
        shop.later(DAY)
    tables = counted(tmp_path / HOME, shop.clock.now())
    there = {row["hour"]: row["cs_online_count"] for row in tables["chat_analytics"] if row["cs_online_count"]}
    assert there == {10: 1, 11: 1, None: 1}
    used = {row["hour"]: row["cs_utilization_rate"] for row in tables["chat_analytics"] if row["cs_online_count"]}
    assert used == {10: 0.0, 11: 100.0, None: 100.0}
    (sari,) = (row for row in tables["operator_analytics"] if row["online_millis"])
    assert sari["online_millis"] // MINUTE == 90


async def test_a_customers_answer_to_how_the_help_was_begins_no_conversation_and_asks_nothing(tmp_path: Path) -> None:
    async with rated(tmp_path) as people:
        await people.helped()
        await people.shop.pass_time(MINUTE)
        before = day_of(counted(tmp_path / HOME, people.shop.clock.now()), "2026-01-28")
        await people.shop.say("4")
        after = day_of(counted(tmp_path / HOME, people.shop.clock.now()), "2026-01-28")
        people.shop.later(HOUR)
        await people.shop.say("jam buka?")
        later = day_of(counted(tmp_path / HOME, people.shop.clock.now()), "2026-01-28")
    assert (after["csat_answers"], after["csat_total"]) == (1, 4)
    assert after["messages_from_customers"] == before["messages_from_customers"] + 1
    for figure in ("new_conversations", "resolved_conversations", "questions", "rule_responses"):
        assert after[figure] == before[figure], figure
    assert "bot_only_conversations" not in after
    assert (later["new_conversations"], later["resolved_conversations"], later["bot_only_conversations"]) == (2, 1, 1)


async def test_what_was_settled_stays_so_when_two_chats_turn_out_to_be_of_one_customer(tmp_path: Path) -> None:
    lid = "99000000000001"
    async with stage(tmp_path, RULES, tenant=TEAMS) as shop:
        desk = Shop(shop, tmp_path)
        await shop.say("jam buka?")
        shop.later(HOUR)
        await shop.say("jam buka?", lid, lid=lid, phone="")
        shop.later(MINUTE)
        assert desk.resolve(lid)
        before = day_of(counted(tmp_path / HOME, shop.clock.now()), "2026-01-28")
        assert before["resolved_conversations"] == 1
        shop.later(MINUTE)
        await shop.say("jam buka?", lid, lid=lid, phone=BUDI)
    after = day_of(counted(tmp_path / HOME, shop.clock.now()), "2026-01-28")
    assert (after["resolved_conversations"], after["unique_customers"]) == (1, 1)
