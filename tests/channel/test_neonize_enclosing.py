"""Files that replies send: what is refused before anything leaves, and what a picture looks like to the customer."""

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from wabot.channel.neonize.composing import Enclosure, Uploaded, file_message
from wabot.channel.neonize.enclosing import KEPT, Enclosures, _read, _version
from wabot.channel.neonize.library import LibraryError
from wabot.channel.neonize.pictures import Look, look
from wabot.model.errors import ChannelError, SendRefused
from wabot.session.clock import ScriptClock

STORED = Uploaded("https://mmg.whatsapp.net/a?b", "/a?b", b"key", b"hash", b"encrypted", 12)


def picture(kind: str = "PNG", size: tuple[int, int] = (600, 300), mode: str = "RGB", **more: Any) -> bytes:
    made = BytesIO()
    Image.new(mode, size).save(made, kind, **more)
    return made.getvalue()


class Servers:
    """WhatsApp's media servers, as far as the client tells of them: they take what they get, or fail as they are told
    to. The real ones stand in the tests against a WhatsApp server."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.got: list[tuple[bytes, bool]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def upload(self, content: bytes, *, picture: bool) -> Uploaded:
        await self.open.wait()
        if self.errors:
            raise self.errors.pop(0)
        self.got.append((content, picture))
        return STORED


def enclosures(clock: ScriptClock | None = None) -> Enclosures:
    return Enclosures(clock or ScriptClock(), Path)


async def ready(made: Enclosures, servers: Servers, path: Path) -> Enclosure:
    client: Any = servers
    return await made.ready(client, str(path))


async def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SendRefused, match=r"the file menu\.png is not there \(any more\): there is nothing to send"):
        await ready(enclosures(), Servers(), tmp_path / "menu.png")


async def test_an_empty_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "kosong.pdf").touch()
    (tmp_path / "folder.pdf").mkdir()
    for name, why in (("kosong.pdf", "is empty"), ("folder.pdf", "is not there")):
        with pytest.raises(SendRefused, match=why):
            await ready(enclosures(), Servers(), tmp_path / name)


async def test_a_link_is_not_followed_neither_when_it_is_found_nor_when_it_took_the_files_place(tmp_path: Path) -> None:
    secret = tmp_path / "keys.db"
    secret.write_bytes(b"kunci")
    link = tmp_path / "menu.txt"
    link.symlink_to(secret)
    servers = Servers()
    with pytest.raises(SendRefused, match=r"menu\.txt is not there"):
        await ready(enclosures(), servers, link)
    link.unlink()
    link.write_bytes(b"menu!")
    seen = _version(link)
    link.unlink()
    link.symlink_to(secret)
    with pytest.raises(SendRefused, match=r"menu\.txt cannot be read"):
        _read(seen)
    assert servers.got == []


@pytest.mark.parametrize(("name", "size"), [("foto.jpg", 16_000_001), ("harga.pdf", 100_000_001)])
async def test_what_grew_too_large_since_it_was_validated_is_refused_and_never_read(
    tmp_path: Path, name: str, size: int
) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(size)
    with pytest.raises(SendRefused, match=r"MB; a (picture|document) may have"):
        await ready(enclosures(), Servers(), tmp_path / name)


async def test_a_file_that_is_only_named_like_a_picture_goes_out_as_a_document(tmp_path: Path) -> None:
    (tmp_path / "menu.png").write_bytes(b"%PDF-1.7 ...")
    servers = Servers()
    made = await ready(enclosures(), servers, tmp_path / "menu.png")
    assert (made.kind, made.mime, made.name) == ("document", "application/pdf", "menu.png")
    assert servers.got == [(b"%PDF-1.7 ...", False)]


async def test_many_customers_who_ask_for_the_menu_cost_one_upload(tmp_path: Path) -> None:
    (tmp_path / "menu.png").write_bytes(picture())
    servers, clock = Servers(), ScriptClock()
    made = enclosures(clock)
    servers.open.clear()
    asked = [asyncio.create_task(ready(made, servers, tmp_path / "menu.png")) for _ in range(3)]
    await asyncio.sleep(0)
    servers.open.set()
    assert len(set(await asyncio.gather(*asked))) == 1
    await ready(made, servers, tmp_path / "menu.png")
    assert servers.got == [(picture(), True)]
    clock.set(clock.now() + KEPT)
    await ready(made, servers, tmp_path / "menu.png")
    assert len(servers.got) == 2


async def test_a_file_that_was_changed_is_uploaded_anew(tmp_path: Path) -> None:
    file = tmp_path / "harga.txt"
    servers, made = Servers(), enclosures()
    for text in (b"nasi 15.000", b"nasi 16.000"):
        file.with_suffix(".new").write_bytes(text)
        file.with_suffix(".new").rename(file)
        await ready(made, servers, file)
    assert [content for content, _ in servers.got] == [b"nasi 15.000", b"nasi 16.000"]


async def test_an_upload_that_fails_may_be_tried_again_and_the_next_one_goes_through(tmp_path: Path) -> None:
    (tmp_path / "harga.txt").write_text("nasi 15.000")
    servers, made = Servers(LibraryError("upload failed with status code 503"), TimeoutError()), enclosures()
    for why in ("could not be uploaded", "did not say whether it has the file"):
        with pytest.raises(ChannelError, match=why) as raised:
            await ready(made, servers, tmp_path / "harga.txt")
        assert type(raised.value) is ChannelError
    assert (await ready(made, servers, tmp_path / "harga.txt")).uploaded == STORED


async def test_what_whatsapp_will_never_take_is_refused(tmp_path: Path) -> None:
    (tmp_path / "harga.txt").write_text("nasi 15.000")
    with pytest.raises(SendRefused, match=r"WhatsApp does not take the file harga\.txt"):
        await ready(enclosures(), Servers(LibraryError("upload failed with status code 413")), tmp_path / "harga.txt")


async def test_an_upload_that_takes_long_goes_on_and_the_next_try_finds_it_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wabot.channel.neonize.enclosing.PATIENCE", 0.01)
    (tmp_path / "harga.txt").write_text("nasi 15.000")
    servers, made = Servers(), enclosures()
    servers.open.clear()
    for _ in range(2):
        with pytest.raises(ChannelError, match="still being uploaded"):
            await ready(made, servers, tmp_path / "harga.txt")
    servers.open.set()
    while not servers.got:
        await asyncio.sleep(0)
    monkeypatch.undo()
    await ready(made, servers, tmp_path / "harga.txt")
    assert len(servers.got) == 1


@pytest.mark.parametrize(
    "content",
    [picture("PNG"), picture("JPEG"), picture("PNG", mode="RGBA"), picture("PNG", mode="P"), picture("JPEG", mode="L")],
)
def test_a_pictures_size_is_told_and_a_small_jpeg_of_it_travels_along(content: bytes) -> None:
    seen = look(content)
    assert (seen.width, seen.height) == (600, 300)
    with Image.open(BytesIO(seen.thumbnail)) as small:
        assert (small.format, small.size) == ("JPEG", (100, 50))
    assert len(seen.thumbnail) < 5_000


def test_a_photo_that_lies_on_its_side_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    seen = look(picture("JPEG", exif=exif))
    assert (seen.width, seen.height) == (300, 600)
    with Image.open(BytesIO(seen.thumbnail)) as small:
        assert small.size == (50, 100)


def test_a_damaged_picture_goes_out_without_a_small_one() -> None:
    assert look(picture()[:40]) == Look()
    assert look(b"\xff\xd8\xff") == Look()


def test_a_picture_with_a_caption_as_the_library_takes_it() -> None:
    made = file_message(Enclosure("image", "menu.png", "image/png", STORED, Look(600, 300, b"small")), "Ini kak")
    body = made.imageMessage
    assert (body.caption, body.mimetype, body.width, body.height) == ("Ini kak", "image/png", 600, 300)
    assert (body.URL, body.directPath, body.mediaKey) == (STORED.url, STORED.path, STORED.key)
    assert (body.fileSHA256, body.fileEncSHA256, body.fileLength) == (b"hash", b"encrypted", 12)
    assert body.JPEGThumbnail == b"small"


def test_a_document_bears_its_name_and_no_caption_when_there_is_none() -> None:
    body = file_message(Enclosure("document", "harga.pdf", "application/pdf", STORED, Look()), "").documentMessage
    assert (body.fileName, body.title, body.mimetype) == ("harga.pdf", "harga.pdf", "application/pdf")
    assert not body.HasField("caption")
