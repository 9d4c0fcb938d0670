"""Notes on a chat: people write them to each other, and no customer sees them."""

from pathlib import Path

from tests.api.test_conversations import DEWI, HOME, SARI, first, hire, inbox
from tests.session.stage import ANI, BUDI
from wabot.store.sqlite import erase


async def test_a_note_tells_whom_it_means_and_they_find_it(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        sari, dewi = (served.front(role="operator", email=email) for email in (SARI, DEWI))
        chat = (await first(sari))["id"]
        told = await sari.post(f"/api/conversations/{chat}/notes", {"content": f"@Dewi tolong cek, cc @{SARI}."})
        note = told["note"]
        assert note["author"] == {"email": SARI, "name": "Sari"}
        assert [one["email"] for one in note["mentions"]] == [DEWI, SARI]
        assert (await sari.get(f"/api/conversations/{chat}/notes"))["notes"] == [note]
        [found] = (await dewi.get("/api/conversations/mentions/me", unseen=True))["mentions"]
        assert (found["content"], found["conversationId"], found["seenAt"]) == (note["content"], chat, None)
        assert (await dewi.post("/api/conversations/mentions/seen"))["seenCount"] == 1
        assert (await dewi.get("/api/conversations/mentions/me", unseen=True))["mentions"] == []
        assert shop.channel.heard == [], "no customer sees it"


async def test_a_first_name_that_two_have_means_neither(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        hire(tmp_path, "dewi.k@warung.example", "Dewi Kartika", shop.clock.now())
        await shop.say("halo")
        sari = served.front(role="operator", email=SARI)
        path = f"/api/conversations/{(await first(sari))['id']}/notes"
        told = await sari.post(path, {"content": "@dewi kartika, ya"})
        assert [one["name"] for one in told["note"]["mentions"]] == ["Dewi Kartika"]
        mail = await sari.post(path, {"content": "tulis ke toko@sari.example"})
        assert mail["note"]["mentions"] == []


async def test_one_deletes_ones_own_notes_and_a_supervisor_all(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        sari, dewi = (served.front(role="operator", email=email) for email in (SARI, DEWI))
        path = f"/api/conversations/{(await first(sari))['id']}/notes"
        one, two = [(await sari.post(path, {"content": text}))["note"]["id"] for text in ("satu", "dua")]
        assert (await dewi.ask("DELETE", f"{path}/{one}")).status_code == 403
        await shop.say("halo", ANI, name="Ani")
        elsewhere = f"/api/conversations/{(await first(sari, search='Ani'))['id']}/notes"
        assert (await sari.ask("DELETE", f"{elsewhere}/{one}")).status_code == 404
        await sari.delete(f"{path}/{one}")
        await served.front(role="supervisor", email=DEWI).delete(f"{path}/{two}")
        assert (await sari.get(path))["notes"] == []


async def test_notes_are_forgotten_with_their_customer(tmp_path: Path) -> None:
    async with inbox(tmp_path) as (shop, served):
        await shop.say("halo")
        front = served.front()
        chat = (await first(front))["id"]
        await front.post(f"/api/conversations/{chat}/notes", {"content": "pelanggan-rahasia @Sari"})
        await front.patch(f"/api/conversations/{chat}", {"tags": ["tag-rahasia"], "internalNotes": "nota-rahasia"})
    erase(tmp_path / HOME, "warung", BUDI)
    stored = b"".join(file.read_bytes() for file in (tmp_path / HOME).glob("wabot.db*"))
    assert b"rahasia" not in stored and b"Budi" not in stored and b"budi" not in stored
