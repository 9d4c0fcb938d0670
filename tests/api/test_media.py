"""Files to customers, and everybody's files to the team: whole or not at all, never another's, never anything that
runs."""

import asyncio
import resource
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.api.fenced import WIDE, asked, served
from tests.api.front import Api, Front, api
from tests.api.https import site
from tests.api.sockets import until
from tests.session.stage import ANI, BUDI, Stage, stage
from tests.tenants import rules, write_tenant
from wabot.api.app import make_app
from wabot.api.fences import fenced
from wabot.api.outgoing import media_of
from wabot.api.outside import Outside
from wabot.api.settings import ApiSettings
from wabot.model.media import LARGEST
from wabot.model.message import Attachment
from wabot.session.last_sound import LastSound
from wabot.session.live import LiveRules
from wabot.store.sqlite import erase, open_store, reading, uploads

HOME = "data/warung"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
PDF = b"%PDF-1.7 " + bytes(range(256)) * 40
PICTURE = {"file": ("foto.jpg", JPEG, "image/jpeg")}
DAY = 86_400_000


class Shop(NamedTuple):
    stage: Stage
    api: Api
    front: Front
    data: Path

    async def conversation(self, chat: str = BUDI) -> str:
        """The id of a chat in which a customer has asked something."""
        await self.stage.say("jam buka?", chat)

        def find(ask: Any) -> str:
            return str(ask("conversation_of_chat", chat=chat).fetchone()["id"])

        return self.api.house.desk("warung").read(find)

    async def send(self, files: Any = PICTURE, **fields: str) -> httpx.Response:
        headers = {"idempotency-key": key} if (key := fields.pop("key", "")) else {}
        return await self.front.ask("POST", "/api/messages/send-media", files=files, data=fields, headers=headers)

    async def upload(self, content: bytes, name: str) -> httpx.Response:
        return await self.front.ask("POST", "/api/media", files={"file": (name, content)})

    async def goes_out(self) -> None:
        await self.stage.look()
        await self.stage.settle()

    @property
    def kept(self) -> list[str]:
        """The files of people that lie on the disk."""
        found = (self.data / "outgoing").rglob("*")
        return sorted(path.name for path in found if not path.is_dir())

    def queued(self) -> list[str]:
        with reading(self.data, "warung") as store:
            return [reply.media for reply in store.outbox(0) if reply.kind == "person"]


@asynccontextmanager
async def opened(place: Path) -> AsyncIterator[Shop]:
    async with (
        stage(place, home=HOME) as shop,
        api(place / "data", {"warung": shop.folder}, shop.clock) as front,
    ):
        yield Shop(shop, front, front.front(), place / HOME)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with opened(tmp_path) as made:
        yield made


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_picture_with_a_caption_goes_to_the_customer_and_into_the_chat(shop: Shop) -> None:
    to = await shop.conversation()
    answer = await shop.send(conversationId=to, caption=" Ini kak ")
    assert answer.status_code == 200
    assert set(answer.json()) == {"success", "message", "session", "botPausedUntil"}  # as of a text
    message = answer.json()["message"]
    assert (message["status"], message["messageType"], message["waMessageId"]) == ("pending", "image", None)
    assert message["mediaUrl"] == f"/api/media/{message['id']}"
    await shop.goes_out()
    assert shop.stage.channel.sent[-1] == message["id"]
    assert shop.stage.channel.heard[-1] == (BUDI, "Ini kak")
    sent = shop.stage.session.live.file(shop.stage.channel.media[-1])
    assert (sent.name, sent.read_bytes()) == ("foto.jpg", JPEG)
    assert sent.is_relative_to(shop.data / "outgoing")
    assert [oct(path.stat().st_mode & 0o777) for path in (sent, sent.parent, sent.parent.parent)] == [
        "0o600",
        "0o700",
        "0o700",
    ]
    with reading(shop.data, "warung") as store:
        said = next(one for one in store.messages(BUDI, 50) if one.id == message["id"])
    assert (said.sender, said.type, said.text, said.status) == ("cs", "image", "Ini kak", "sent")
    assert said.media == Attachment(mime="image/jpeg", size=len(JPEG), name="foto.jpg")
    served = await shop.front.ask("GET", message["mediaUrl"])
    assert (served.content, served.headers["content-type"]) == (JPEG, "image/jpeg")


async def test_a_document_keeps_its_name_and_is_served_to_be_saved(shop: Shop) -> None:
    to = await shop.conversation()
    answer = await shop.send({"file": ("Nota Ibu – 12.pdf", PDF)}, conversationId=to)
    message = answer.json()["message"]
    assert message["messageType"] == "document"
    await shop.goes_out()
    assert shop.stage.channel.media[-1].endswith("/Nota Ibu – 12.pdf")
    async with asked(make_app(shop.api.house)) as client:
        served = await client.get(message["mediaUrl"], headers=shop.front._headers)
    assert served.headers["content-type"] == "application/pdf"
    assert served.headers["content-disposition"] == "attachment; filename*=UTF-8''Nota%20Ibu%20%E2%80%93%2012.pdf"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_the_bot_is_silent_after_a_person_sent_a_file(shop: Shop) -> None:
    to = await shop.conversation()
    await shop.send(conversationId=to)
    await shop.goes_out()
    before = len(shop.stage.replies)
    await shop.stage.say("jam buka?")
    assert len(shop.stage.replies) == before


@pytest.mark.parametrize("gone_out", [False, True])
async def test_of_a_customer_who_is_erased_neither_a_caption_nor_a_clients_key_stays(
    shop: Shop, gone_out: bool
) -> None:
    to, key = await shop.conversation(), "nota-Budi-7781"
    text = {"conversationId": to, "messageType": "text", "content": "rekening 7781", "idempotencyKey": f"{key}-teks"}
    assert (await shop.send(conversationId=to, caption="rekening 7781", key=key)).status_code == 200
    assert (await shop.front.ask("POST", "/api/messages/send", json=text)).status_code == 200
    if gone_out:
        await shop.goes_out()
    assert erase(shop.data, "warung", BUDI).chats == 1
    assert {path.name for path in shop.data.glob("wabot.db*") if b"7781" in path.read_bytes()} == set()


async def test_the_same_request_twice_sends_once_and_says_the_same(shop: Shop) -> None:
    to, other = await shop.conversation(), await shop.conversation(ANI)
    first = await shop.send(conversationId=to, key="k1")
    await shop.goes_out()
    again = await shop.send(conversationId=to, key="k1")
    assert again.json()["message"]["id"] == first.json()["message"]["id"]
    assert (again.json()["message"]["status"], again.json()["repeated"]) == ("sent", True)
    other_file = {"file": ("foto.jpg", JPEG + b"x")}
    assert code(await shop.send(other_file, conversationId=to, key="k1")) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert code(await shop.send(conversationId=other, key="k1")) == (409, "IDEMPOTENCY_KEY_REUSED")
    both = await asyncio.gather(*(shop.send(conversationId=to, key="k2") for _ in range(3)))
    assert len({one.json()["message"]["id"] for one in both}) == 1
    assert (len(shop.queued()), shop.kept) == (1, ["foto.jpg", "foto.jpg"])


async def test_nothing_is_sent_or_kept_where_it_must_not_go(shop: Shop) -> None:
    to = await shop.conversation()
    assert code(await shop.send(conversationId="nobody")) == (404, "NOT_FOUND")
    assert code(await shop.send()) == (404, "NOT_FOUND")
    assert code(await shop.send(conversationId=to, caption="x" * 70_000)) == (400, "INVALID")
    assert code(await shop.send(conversationId=to, caption="x" * 400_000)) == (413, "TOO_LARGE")
    viewer = shop.api.front(role="viewer")
    refused = await viewer.ask("POST", "/api/messages/send-media", files=PICTURE, data={"conversationId": to})
    assert refused.status_code == 403
    await shop.stage.say("dari hp toko", ANI, from_me=True)
    silent = await shop.api.house.desk("warung").write(
        lambda ask: ask("conversation_of_chat", chat=ANI).fetchone()["id"]
    )
    assert code(await shop.send(conversationId=silent)) == (409, "NOT_FIRST")
    assert (shop.queued(), shop.kept) == ([], [])


REFUSED = {
    "program.jpg": b"MZ\x90\0 a program that is called a picture",
    "gambar.jpg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "halaman.html": b"<!DOCTYPE html><script>alert(1)</script>",
    "aplikasi.apk": b"PK\x03\x04" + b"\0" * 600,
    "rahasia.txt": b"teks" * 300 + b"\0" + b"teks" * 300,
}


async def test_what_is_no_file_for_customers_is_refused_whatever_it_is_called(shop: Shop) -> None:
    for name, content in REFUSED.items():
        assert code(await shop.upload(content, name)) == (415, "UNSUPPORTED_FILE"), name
    assert code(await shop.upload(b"", "kosong.jpg")) == (400, "EMPTY_FILE")
    assert shop.kept == []


async def test_a_file_is_named_by_us_wherever_its_sender_would_have_it(shop: Shop) -> None:
    answer = await shop.upload(JPEG, "../../../../etc/cron.d/x.sh")
    assert answer.json()["fileName"] == "x.sh.jpg"
    assert shop.kept == ["x.sh.jpg"]


async def test_a_picture_may_have_16_mb_and_a_file_100(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LARGEST, "image", 3_000)
    monkeypatch.setitem(LARGEST, "document", 20_000)
    assert (await shop.upload(JPEG, "foto.jpg")).status_code == 201
    assert code(await shop.upload(JPEG * 2, "foto.jpg")) == (413, "TOO_LARGE")
    assert (await shop.upload(PDF, "nota.pdf")).status_code == 201
    assert code(await shop.upload(PDF * 2, "nota.pdf")) == (413, "TOO_LARGE")
    assert shop.kept == ["foto.jpg", "nota.pdf"]


async def raw(shop: Shop, body: Any, content_type: str = "multipart/form-data; boundary=xx", **headers: str) -> Any:
    return await shop.front.ask("POST", "/api/media", content=body, headers={"content-type": content_type, **headers})


PART = b'--xx\r\ncontent-disposition: form-data; name="file"; filename="foto.jpg"\r\n\r\n'


FIELD = b'--xx\r\ncontent-disposition: form-data; name="other"\r\n\r\nx\r\n--xx--\r\n'
MALFORMED = (
    b"",
    b"no multipart at all",
    PART + JPEG,
    PART + JPEG + b"\r\n--xx",
    PART + JPEG + b"\r\n--xx\r\n",
    b"--xx\r\nx: " + b"y" * 9_000 + b"\r\n\r\nx\r\n--xx--\r\n",
)
INVALID = (
    PART + JPEG + b"\r\n" + PART + JPEG + b"\r\n--xx--\r\n",
    FIELD,
    b"--xx\r\n\r\nx\r\n--xx--\r\n",
    b"--xx--\r\n",
)


async def test_a_malformed_or_cut_body_is_an_error_of_its_sender_and_leaves_nothing(shop: Shop) -> None:
    for body in MALFORMED:
        assert code(await raw(shop, body)) == (400, "MALFORMED_BODY"), body[:40]
    for body in INVALID:
        assert code(await raw(shop, body)) == (400, "INVALID"), body[:40]
    assert shop.kept == []


async def test_only_multipart_is_read(shop: Shop) -> None:
    assert (await raw(shop, b"{}", "application/json")).status_code == 415
    assert code(await raw(shop, b"", "multipart/form-data")) == (400, "MALFORMED_BODY")
    assert (await raw(shop, b"", "")).status_code == 415


async def test_ten_gigabytes_are_refused_before_a_byte_of_them_is_read(shop: Shop) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield PART
        while True:
            read += 1
            yield b"\0" * 65_536

    assert code(await raw(shop, endless(), **{"content-length": "10000000000"})) == (413, "TOO_LARGE")
    assert read == 0


async def test_an_upload_that_lies_about_its_length_ends_at_the_limit(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LARGEST, "document", 1_000_000)

    async def endless() -> AsyncIterator[bytes]:
        yield PART + PDF
        while True:
            yield b"\0" * 65_536

    assert code(await raw(shop, endless(), **{"transfer-encoding": "chunked"})) == (413, "TOO_LARGE")
    assert shop.kept == []


async def test_a_large_file_passes_the_fences_and_never_stands_in_memory(shop: Shop) -> None:
    pieces = 400

    async def large() -> AsyncIterator[bytes]:
        yield PART + PDF
        for _ in range(pieces):
            yield b"\1" * 65_536
        yield b"\r\n--xx--\r\n"

    headers = {**shop.front._headers, "content-type": "multipart/form-data; boundary=xx"}
    async with asked(make_app(shop.api.house)) as client:
        tracemalloc.start()
        try:
            answer = await client.post("/api/media", content=large(), headers=headers)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert (answer.status_code, answer.json()["size"]) == (201, len(PDF) + pieces * 65_536)
        assert most < 4_000_000
        elsewhere = await client.post("/api/webhooks", content=b"x" * 2_000_000, headers=headers)
        assert code(elsewhere) == (413, "TOO_LARGE")


async def test_on_a_real_socket_a_cut_upload_leaves_nothing_and_a_huge_one_is_refused_at_once(shop: Shop) -> None:
    app = fenced(make_app(shop.api.house), WIDE, shop.stage.clock, lambda *_words, **_named: None)
    token = shop.front.token
    begin = (
        f"POST /api/media HTTP/1.1\r\nhost: wabot\r\nauthorization: Bearer {token}\r\n"
        "content-type: multipart/form-data; boundary=xx\r\ncontent-length: {}\r\n\r\n"
    )
    async with served(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begin.format(10_000_000_000).encode() + PART)
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
        writer.close()
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begin.format(1_000_000).encode() + PART + PDF * 50)
        await writer.drain()
        await until(lambda: (shop.data / "outgoing").is_dir() and outgoing(shop) == 1)
        writer.transport.abort()
        await until(lambda: outgoing(shop) == 0)


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_is_said_and_leaves_nothing_half(shop: Shop) -> None:
    to = await shop.conversation()
    large = {"file": ("nota.pdf", PDF * 200)}
    with full_disk(1_000_000):
        assert code(await shop.send(large, conversationId=to)) == (507, "STORAGE_FULL")
    assert shop.kept == []
    assert not any((shop.data / "outgoing").iterdir())
    assert (await shop.send(large, conversationId=to)).status_code == 200


async def test_a_client_that_goes_away_in_the_middle_leaves_nothing(shop: Shop) -> None:
    came = asyncio.Event()

    async def stops() -> AsyncIterator[bytes]:
        yield PART + PDF * 50
        came.set()
        await asyncio.Event().wait()

    sending = asyncio.create_task(raw(shop, stops(), **{"transfer-encoding": "chunked"}))
    await came.wait()
    assert any((shop.data / "outgoing").iterdir())
    sending.cancel()
    await asyncio.wait({sending})
    assert not any((shop.data / "outgoing").iterdir())


async def test_an_upload_is_found_again_by_its_id_and_by_its_url_until_it_is_sent(shop: Shop) -> None:
    kept = (await shop.upload(PDF, "nota.pdf")).json()
    assert kept == {
        "mediaId": kept["mediaId"],
        "mediaUrl": f"/api/media/{kept['mediaId']}",
        "mimeType": "application/pdf",
        "size": len(PDF),
        "fileName": "nota.pdf",
        "messageType": "document",
    }
    assert (await shop.front.ask("GET", kept["mediaUrl"])).content == PDF
    media, who = media_of(shop.api.house), await shop.api.house.door.enter(_request(shop))
    for named in (kept["mediaId"], kept["mediaUrl"]):
        found = await media.take(who, named)
        assert (found.name, found.mime, found.size) == ("nota.pdf", "application/pdf", len(PDF))


def _request(shop: Shop, tenant: str = "warung") -> Any:
    """What a door is shown: a request with the front's token."""

    class Request:
        headers = shop.api.front(tenant)._headers

    return Request()


async def test_ranges_and_what_the_client_has_already(shop: Shop) -> None:
    url = (await shop.upload(PDF, "nota.pdf")).json()["mediaUrl"]

    async def get(**headers: str) -> tuple[int, bytes]:
        answer = await shop.front.ask("GET", url, headers=headers)
        return answer.status_code, answer.content

    size = len(PDF)
    assert await get(range="bytes=0-3") == (206, b"%PDF")
    assert await get(range="bytes=5-") == (206, PDF[5:])
    assert await get(range="bytes=-4") == (206, PDF[-4:])
    assert await get(range=f"bytes=5-{size + 100}") == (206, PDF[5:])
    assert await get(range="bytes=0-") == (200, PDF)
    for unclear in ("bytes=9-5", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,4-5"):
        assert await get(range=unclear) == (200, PDF)
    beyond = await shop.front.ask("GET", url, headers={"range": f"bytes={size}-"})
    assert (code(beyond), beyond.headers["content-range"]) == ((416, "RANGE_NOT_SATISFIABLE"), f"bytes */{size}")
    part = await shop.front.ask("GET", url, headers={"range": "bytes=1-2"})
    assert part.headers["content-range"] == f"bytes 1-2/{size}"
    tag = part.headers["etag"]
    assert (await get(**{"if-none-match": tag}))[0] == 304
    assert (await get(**{"if-range": tag, "range": "bytes=1-2"}))[0] == 206
    assert await get(**{"if-range": '"another"', "range": "bytes=1-2"}) == (200, PDF)


def customers_file(shop: Shop, name: str, content: bytes) -> None:
    (shop.data / "media").mkdir(exist_ok=True)
    (shop.data / "media" / name).write_bytes(content)


async def arrived(shop: Shop, kind: str, stored: str, error: str = "", **attached: Any) -> str:
    """A customer's file, downloaded as `stored`; our id of its message."""
    await shop.stage.say("", type=kind, media=Attachment(source="{}", **attached))

    def note(ask: Any) -> str:
        id = str(ask("conversation_of_chat", chat=BUDI).fetchone()["id"])
        row = ask("gallery_of_conversation", conversation=id, kind="", at=1 << 62, id="", most=1).fetchone()
        if stored:
            ask("file_stored", id=row["id"], name=stored, size=len(PDF))
        if error:
            ask("file_failed", id=row["id"], error=error)
        return str(row["id"])

    return await shop.api.house.desk("warung").write(note)


async def test_what_customers_sent_is_served_by_what_it_is_not_by_what_they_call_it(shop: Shop) -> None:
    await shop.conversation()
    customers_file(shop, "a.bin", b"<script>alert(1)</script>")
    id = await arrived(shop, "document", "a.bin", name="../x.html", mime="text/html", size=25)
    served = await shop.front.ask("GET", f"/api/media/{id}")
    assert served.headers["content-type"] == "application/octet-stream"
    assert served.headers["content-disposition"] == "attachment; filename*=UTF-8''x.html.bin"
    customers_file(shop, "b.jpg", JPEG)
    id = await arrived(shop, "image", "b.jpg", mime="text/html", size=3)
    served = await shop.front.ask("GET", f"/api/media/{id}")
    assert (served.headers["content-type"], served.content) == ("image/jpeg", JPEG)
    assert served.headers["content-disposition"].startswith("inline; ")


async def test_a_file_that_is_not_there_says_why(shop: Shop) -> None:
    to = await shop.conversation()
    given_up = await arrived(shop, "image", "", error="it is larger than media.max_size (16 MB)", size=1)
    answer = await shop.front.ask("GET", f"/api/media/{given_up}")
    assert code(answer) == (404, "NOT_DOWNLOADED")
    assert "media.max_size" in answer.json()["message"]
    assert code(await shop.front.ask("GET", f"/api/media/{await arrived(shop, 'video', '')}")) == (
        404,
        "NOT_DOWNLOADED",
    )
    id = (await shop.send(conversationId=to)).json()["message"]["id"]
    for path in (shop.data / "outgoing").rglob("*.jpg"):
        path.unlink()
    assert code(await shop.front.ask("GET", f"/api/media/{id}")) == (410, "MEDIA_GONE")
    text = shop.stage.channel.sent[0]
    assert code(await shop.front.ask("GET", f"/api/media/{text}")) == (404, "NO_FILE")
    for odd in ("nothing", "..%2f..%2fkeys.db", "%00", "a" * 5_000):
        assert (await shop.front.ask("GET", f"/api/media/{odd}")).status_code == 404


async def test_no_link_or_name_in_the_store_leads_out_of_the_folder(shop: Shop) -> None:
    await shop.conversation()
    (shop.data / "keys.db").write_bytes(b"secret keys")
    (shop.data / "media").mkdir(exist_ok=True)
    (shop.data / "media" / "c.jpg").symlink_to(shop.data / "keys.db")
    for name in ("c.jpg", "../keys.db", "/etc/passwd"):
        id = await arrived(shop, "image", name, size=1)
        answer = await shop.front.ask("GET", f"/api/media/{id}")
        assert code(answer) == (410, "MEDIA_GONE")


async def test_a_picture_that_a_rule_sent_is_shown_as_well(tmp_path: Path) -> None:
    text = "  - {id: menu, trigger: {type: keyword, keywords: [menu]}, response: {type: media, file: menu.jpg}}\n"
    write_tenant(tmp_path / "rules" / "warung", rules(text))
    (tmp_path / "rules" / "warung" / "media").mkdir()
    (tmp_path / "rules" / "warung" / "media" / "menu.jpg").write_bytes(JPEG)
    async with (
        stage(tmp_path, text, home=HOME) as stood,
        api(tmp_path / "data", {"warung": stood.folder}, stood.clock) as front,
    ):
        await stood.say("menu")
        served = await front.front().ask("GET", f"/api/media/{stood.channel.sent[0]}")
        assert (served.content, served.headers["content-type"]) == (JPEG, "image/jpeg")


async def test_the_gallery_has_the_newest_first_by_kind_by_chat_and_page_by_page(shop: Shop) -> None:
    to, other = await shop.conversation(), await shop.conversation(ANI)
    ids = []
    for number in range(5):
        shop.stage.later(1_000)
        sent = await shop.send({"file": (f"{number}.pdf", PDF)}, conversationId=to, caption=f"nota {number}")
        ids.append(sent.json()["message"]["id"])
    shop.stage.later(1_000)
    picture = (await shop.send(conversationId=other)).json()["message"]["id"]
    everything = await shop.front.get("/api/media")
    assert [item["id"] for item in everything["media"]] == [picture, *reversed(ids)]
    assert everything["hasMore"] is False
    first = everything["media"][1]
    assert {key: first[key] for key in ("fileName", "caption", "mediaUrl", "mimeType", "size", "senderType")} == {
        "fileName": "4.pdf",
        "caption": "nota 4",
        "mediaUrl": f"/api/media/{ids[4]}",
        "mimeType": "application/pdf",
        "size": len(PDF),
        "senderType": "cs",
    }
    page = await shop.front.get("/api/media", conversationId=to, limit=2)
    assert ([item["id"] for item in page["media"]], page["hasMore"]) == ([ids[4], ids[3]], True)
    page = await shop.front.get("/api/media", conversationId=to, limit=3, before=ids[3])
    assert ([item["id"] for item in page["media"]], page["hasMore"]) == ([ids[2], ids[1], ids[0]], False)
    pictures = await shop.front.get("/api/media", type="image")
    assert [item["id"] for item in pictures["media"]] == [picture]
    assert (await shop.front.get("/api/media", type="image", conversationId=to))["media"] == []
    assert (await shop.front.ask("GET", "/api/media?before=nobody")).status_code == 404
    assert (await shop.front.ask("GET", "/api/media?limit=1000")).status_code == 400


async def test_another_tenants_files_are_not_there(tmp_path: Path) -> None:
    other = write_tenant(tmp_path / "rules" / "toko", rules(""))
    store = open_store(tmp_path / "data" / "toko", "toko")
    await store.close()
    async with stage(tmp_path, home=HOME) as stood:
        tenants = {"warung": stood.folder, "toko": other}
        async with api(tmp_path / "data", tenants, stood.clock) as front:
            shop = Shop(stood, front, front.front(), tmp_path / HOME)
            to = await shop.conversation()
            sent = (await shop.send(conversationId=to)).json()["message"]["id"]
            kept = (await shop.upload(PDF, "nota.pdf")).json()["mediaId"]
            stranger = front.front("toko")
            for id in (sent, kept):
                assert (await stranger.ask("GET", f"/api/media/{id}")).status_code == 404
            assert (await stranger.get("/api/media"))["media"] == []
            refused = await stranger.ask("POST", "/api/messages/send-media", files=PICTURE, data={"conversationId": to})
            assert refused.status_code == 404
            who = await front.house.door.enter(_request(shop, "toko"))
            with pytest.raises(Exception, match="no upload"):
                await media_of(front.house).take(who, kept)


async def test_nobody_without_a_token_sees_a_file(shop: Shop) -> None:
    kept = (await shop.upload(PDF, "nota.pdf")).json()["mediaUrl"]
    assert (await shop.api.client.get(kept)).status_code == 401
    assert (await shop.api.client.post("/api/media", files=PICTURE)).status_code == 401


async def test_a_file_of_a_listed_site_is_fetched_judged_and_kept(shop: Shop, tmp_path: Path) -> None:
    house = shop.api.house
    async with site(tmp_path) as here:

        async def resolve(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        house.parts["outside"] = Outside(private=True, resolve=resolve, tls=here.tls)
        media, who = media_of(house), await house.door.enter(_request(shop))
        url = f"https://cdn.example:{here.port}/gambar/foto%20baru.png?x=1"

        async def fetch(body: bytes, head: str = "") -> Any:
            here.answer = f"HTTP/1.1 200 OK\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body
            try:
                return await media.take(who, url)
            except Exception as error:
                return getattr(error, "code", error)

        assert await fetch(JPEG) == "MEDIA_URL_REFUSED"
        assert here.connections == 0
        house.settings = ApiSettings(media_hosts=("cdn.example",))
        assert await fetch(JPEG) == "MEDIA_URL_REFUSED"  # the port is not on the list
        house.settings = ApiSettings(media_hosts=(f"*.example:{here.port}",))
        found = await fetch(JPEG, "content-type: text/html\r\n")
        assert (found.name, found.mime, found.size) == ("foto baru.jpg", "image/jpeg", len(JPEG))
        assert await fetch(b"<html>") == "UNSUPPORTED_FILE"
        assert await fetch(JPEG, "content-encoding: gzip\r\n") == "MEDIA_UNREACHABLE"
        here.answer = b"HTTP/1.1 302 Found\r\nlocation: https://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
        with pytest.raises(Exception, match="the site answered 302"):
            await media.take(who, url)
        here.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n" + JPEG
        with pytest.raises(Exception, match="cannot be reached"):
            await media.take(who, url)
        house.parts["outside"] = Outside(resolve=resolve, tls=here.tls)
        connections = here.connections
        with pytest.raises(Exception, match="private or reserved network"):
            await media.take(who, url)
        assert here.connections == connections
        assert shop.kept == ["foto baru.jpg"]


def outgoing(shop: Shop) -> int:
    return len(list((shop.data / "outgoing").iterdir()))


async def test_files_go_once_no_message_needs_them(shop: Shop) -> None:
    to = await shop.conversation()
    await shop.upload(PDF, "nobody-sends-it.pdf")
    await shop.send(conversationId=to)
    id = (await shop.upload(JPEG, "x.jpg")).json()["mediaId"]
    (shop.data / "outgoing" / f"{id[:-1]}{'e' if id.endswith('f') else 'f'}.part").mkdir()
    clean_up = shop.stage.store.upkeep.drop_uploads
    assert await clean_up(shop.stage.clock.now()) == 0
    assert await clean_up(shop.stage.clock.now() + DAY + 1) == 3
    assert shop.kept == ["foto.jpg"]
    month = shop.stage.clock.now() + 31 * DAY
    assert await clean_up(month) == 0  # it is still to go out
    await shop.goes_out()
    assert await clean_up(shop.stage.clock.now() + 29 * DAY) == 0
    assert await clean_up(month) == 1
    assert outgoing(shop) == 0
    item = (await shop.front.get("/api/media"))["media"][0]
    assert (item["fileName"], item["size"]) == ("foto.jpg", len(JPEG))
    assert code(await shop.front.ask("GET", item["mediaUrl"])) == (410, "MEDIA_GONE")


async def test_a_persons_file_is_read_from_their_folder_alone(shop: Shop, tmp_path: Path) -> None:
    live: LiveRules = shop.stage.session.live
    id = (await shop.upload(JPEG, "foto.jpg")).json()["mediaId"]
    assert live.file(f"outgoing:{id}/foto.jpg").read_bytes() == JPEG
    (shop.data / "keys.db").write_bytes(b"secret keys")
    link = shop.data / "outgoing" / "019bfe2d-0000-7000-8000-000000000000"
    link.symlink_to(shop.data)
    bad = ["outgoing:../keys.db", "outgoing:/keys.db", f"outgoing:{id}/../../keys.db", f"outgoing:{link.name}/keys.db"]
    bad += [str(shop.data / "keys.db"), str(shop.data / "outgoing" / id / "foto.jpg")]
    for named in bad:
        with pytest.raises(Exception, match="it is not sent"):
            live.file(named)
    assert LastSound(shop.data, "warung").sent(shop.data / "keys.db", shop.stage.folder) is None


async def test_forgetting_a_customer_deletes_what_was_sent_to_them_alone(shop: Shop) -> None:
    from wabot.store.sqlite.erasing import erase

    budi, ani = await shop.conversation(), await shop.conversation(ANI)
    await shop.send(conversationId=budi)
    both = await media_of(shop.api.house).take(
        await shop.api.house.door.enter(_request(shop)), (await shop.upload(PDF, "brosur.pdf")).json()["mediaId"]
    )

    def to_both(ask: Any) -> None:
        from wabot.model.stored import PersonSays
        from wabot.store.sqlite.answering import person_says

        for id, chat in ((budi, BUDI), (ani, ANI)):
            row = ask("conversation_by_id", id=id).fetchone()
            uploads.attach(ask, person_says(ask, row, PersonSays(chat, ""), shop.stage.clock.now()), both, 1)

    await shop.api.house.desk("warung").write(to_both)
    assert shop.kept == ["brosur.pdf", "foto.jpg"]
    await asyncio.to_thread(erase, shop.data, "warung", BUDI)
    assert shop.kept == ["brosur.pdf"]
    assert outgoing(shop) == 1


async def test_a_tenant_whose_files_fill_their_room_sends_no_more_of_them(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await shop.upload(JPEG, "foto.jpg")).status_code == 201
    monkeypatch.setattr("wabot.api.outgoing.QUOTA", len(JPEG) - 1)
    assert code(await shop.upload(JPEG, "lagi.jpg")) == (507, "QUOTA")
    assert code(await shop.send(conversationId=await shop.conversation())) == (507, "QUOTA")
    assert shop.kept == ["foto.jpg"] and shop.queued() == []
