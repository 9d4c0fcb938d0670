"""Lists of customers in and out over the API."""

import csv
import io
from pathlib import Path
from typing import Any

from tests.api.front import Front, api
from tests.session.stage import ANI, BUDI, JAM, stage
from wabot.engine.assignment import chooser
from wabot.model.stored import PersonSays
from wabot.model.turn import NewFollowUp
from wabot.store.sqlite import remind, say
from wabot.store.sqlite.desk import Desk

HOME = "data/warung"
WELCOME = "  - {id: selamat, trigger: {type: welcome}, response: 'Selamat datang {{ name }}'}\n"
LIST = """\
phone,name,email,tags,segment,warna
0812-0000-0001,Pak Budi,budi@toko.example,vip;grosir,,merah
081200000002,Bu Ani,,,vip,
bukan nomor,Entah,,,,
"""


async def take(front: Front, text: str | bytes, dry_run: str = "false") -> Any:
    content = text.encode() if isinstance(text, str) else text
    files = {"file": ("pelanggan.csv", content, "text/csv")}
    answer = await front.ask("POST", "/api/contacts/import", files=files, data={"dryRun": dry_run})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def listed(front: Front) -> dict[str, Any]:
    return {row["phone"]: row for row in (await front.get("/api/contacts"))["data"]}


async def test_a_list_brings_new_customers_and_brings_known_ones_up_to_date(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both:
        front = both.front()
        await shop.say("jam buka?")
        report = await take(front, LIST)
        assert report == {
            "success": False,
            "dryRun": False,
            "rows": 3,
            "created": 1,
            "updated": 1,
            "unchanged": 0,
            "failed": 1,
            "errors": [{"line": 4, "column": "phone", "message": "this is no phone number"}],
            "ignoredColumns": ["warna"],
        }
        known = await listed(front)
        budi, ani = known[BUDI], known[ANI]
        assert (budi["name"], budi["tags"], budi["totalMessagesReceived"]) == ("Pak Budi", ["grosir", "vip"], 1)
        assert (ani["segment"], ani["firstContactAt"], ani["canBeWrittenTo"]) == ("vip", None, False)
        again = await take(front, LIST)
        assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)


async def test_a_rehearsal_says_what_would_happen_and_does_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both:
        front = both.front()
        await shop.say("jam buka?")
        before = await listed(front)
        report = await take(front, LIST, dry_run="true")
        assert (report["dryRun"], report["created"], report["updated"], report["failed"]) == (True, 1, 1, 1)
        assert await listed(front) == before


async def test_importing_never_messages_anyone_and_opens_no_way_to(tmp_path: Path) -> None:
    def rows(desk: Desk, table: str) -> int:
        return int(desk._connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])

    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both:
        assert (await take(both.front(), LIST))["created"] == 2
        await shop.look()
        await shop.settle()
        desk = both.house.desk("warung")
        tables = ("conversations", "conversation_chats", "messages", "outbox", "follow_ups", "auto_reply_logs")
        assert {table: rows(desk, table) for table in tables} == dict.fromkeys(tables, 0)
        assert rows(desk, "contacts") == 2
        assert say(tmp_path / HOME, "warung", PersonSays(ANI, "promo kak!"), shop.clock.now()) == ""
        reminder = NewFollowUp("R", ANI, "promo kak!", "", shop.clock.now())
        from wabot.engine import follow_ups

        rules = shop.session.live.rule_set()
        refused = remind(
            tmp_path / HOME,
            "warung",
            reminder,
            shop.clock.now(),
            lambda context: follow_ups.refusal(rules, "", reminder.due, context),
            replace=True,
        )
        assert refused == "customer_did_not_write_first"
        assert await shop.store.people.distribute(chooser(rules.tenant, shop.clock.now()), shop.clock.now()) == 0
        assert (rows(desk, "outbox"), shop.replies) == (0, [])


async def test_whoever_stood_on_a_list_and_writes_is_welcomed_as_new_and_known_by_name_and_tags(tmp_path: Path) -> None:
    async with (
        stage(tmp_path, WELCOME + JAM, home=HOME) as shop,
        api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both,
    ):
        await take(both.front(), LIST)
        shop.later(60_000)
        await shop.say("halo", ANI, lid="99000000000002", name="ani_cantik")
        assert shop.replies == ["Selamat datang Bu Ani"]
        ani = (await listed(both.front()))[ANI]
        assert (ani["waName"], ani["segment"], ani["canBeWrittenTo"]) == ("ani_cantik", "vip", True)
        assert ani["firstContactAt"] == ani["lastContactAt"] == "2026-01-28T03:01:00.000Z"


async def test_whoever_stood_on_a_list_and_wrote_by_lid_is_one_once_both_names_are_known(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both:
        await take(both.front(), "phone,name,notes,address\n081200000002,Bu Ani,suka pedas,Jl. Melati\n")
        shop.later(60_000)
        await shop.say("jam buka?", "99000000000002", phone="", lid="99000000000002", name="Ani")
        assert len(await listed(both.front())) == 2
        shop.later(60_000)
        await shop.say("oke", "99000000000002", phone=ANI, lid="99000000000002", name="Ani")
        [ani] = (await both.front().get("/api/contacts"))["data"]
        told = {key: ani[key] for key in ("name", "waName", "notes", "address", "phone", "totalMessagesReceived")}
        assert told == {
            "name": "Bu Ani",
            "waName": "Ani",
            "notes": "suka pedas",
            "address": "Jl. Melati",
            "phone": ANI,
            "totalMessagesReceived": 2,
        }
        assert ani["firstContactAt"] == "2026-01-28T03:01:00.000Z"


async def test_what_is_exported_can_be_imported_and_is_the_same(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both:
        front = both.front()
        await take(front, LIST)
        await shop.say("jam buka?", name="@budi")
        [ani] = (await front.get("/api/contacts", search="ani"))["data"]
        await front.patch(f"/api/contacts/{ani['id']}", {"notes": "=HYPERLINK(1)\nbaris dua", "name": "+62 Ani, Bu"})
        answer = await front.ask("GET", "/api/contacts/export")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="contacts-warung.csv"'
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert {row["phone"]: (row["name"], row["notes"], row["segment"]) for row in rows} == {
            BUDI: ("Pak Budi", "", ""),
            ANI: ("'+62 Ani, Bu", "'=HYPERLINK(1)\nbaris dua", "vip"),
        }
        again = await take(front, answer.content)
        assert (again["unchanged"], again["failed"], again["updated"]) == (2, 0, 0)
        some = await front.ask("GET", "/api/contacts/export", params={"tags": "grosir"})
        assert [line.split(",")[1] for line in some.text.splitlines()[1:]] == [BUDI]


async def test_thousands_go_in_and_out_in_pieces_and_the_bot_answers_in_between(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both:
        front = both.front()
        numbers = [f"62813{number:07}" for number in range(1_000)]
        report = await take(front, "phone\n" + "\n".join(numbers))
        assert (report["rows"], report["created"], report["success"]) == (1_000, 1_000, True)
        answer = await front.ask("GET", "/api/contacts/export")
        assert [row["phone"] for row in csv.DictReader(io.StringIO(answer.text, newline=""))] == numbers
        await shop.say("jam buka?")
        assert len(shop.replies) == 1


async def test_a_file_that_is_no_list_is_refused(tmp_path: Path) -> None:
    async with stage(tmp_path, home=HOME) as shop, api(tmp_path / "data", {"warung": shop.folder}, shop.clock) as both:
        front = both.front()
        for content, status in ((b"\xff\xd8\xff", 400), (b"nama\nBudi\n", 400), (b"phone\n" + b"x" * 10_000_001, 413)):
            answer = await front.ask("POST", "/api/contacts/import", files={"file": ("a.csv", content)})
            assert answer.status_code == status
            assert answer.json()["message"].endswith(".")
        assert (await front.ask("POST", "/api/contacts/import", data={"file": "x"})).status_code == 400
