"""Files that people send: uploaded, fetched from a site of the node's list, or sent before; each is kept until it goes
out."""

import re
from typing import Final
from urllib.parse import unquote

from wabot.api.guard import Who
from wabot.api.house import House
from wabot.api.incoming import Incoming
from wabot.api.outside import Forbidden, Outside, Unreachable
from wabot.api.problems import Problem, unknown
from wabot.store.outgoing import OutgoingFolder
from wabot.store.sqlite import uploads
from wabot.store.sqlite.queries import Ask
from wabot.store.sqlite.uploads import Upload

QUOTA: Final = 5_000_000_000
"""Bytes of one tenant's files that wait or were sent lately."""
_PATIENCE: Final = 30.0
"""Seconds in which a file is fetched."""
_ID: Final = re.compile(r"(?:/api/media/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class Media:
    """Who holds what was uploaded, and fetches what is named by a URL."""

    def __init__(self, house: House) -> None:
        self._house = house

    def begin(self, who: Who, name: str) -> Incoming:
        """A file of that name that comes now.

        Raises:
            Problem: there is no room for it.
        """
        if self._house.desk(who.tenant).read(uploads.stored) > QUOTA:
            raise Problem(507, "Your tenant's files that were sent lately fill the room that they may have.", "QUOTA")
        return Incoming(self._folder(who.tenant), name, self._house.clock.now())

    async def take(self, who: Who, what: str) -> Upload:
        """The file that a client names: the id of an upload (`mediaId`), its `mediaUrl`, or the URL of a site on the
        node's list, from which it is fetched. `uploads.attach` has a message send it.

        Raises:
            Problem: there is no such file (any more), or it is not sent.
        """
        if not (found := _ID.fullmatch(what)):
            return await self._fetched(who, what)
        upload = self._house.desk(who.tenant).read(lambda ask: uploads.find(ask, found[1]))
        if upload is None:
            raise unknown("upload", found[1])
        path = self._folder(who.tenant).path(upload.id, upload.name)
        if path is None or not path.is_file():
            raise gone()
        return upload

    async def _fetched(self, who: Who, url: str) -> Upload:
        outside = outside_of(self._house)
        try:
            parsed = outside.check(url)
            if not _listed(parsed.host, parsed.port, self._house.settings.media_hosts):
                raise Forbidden("that site is not on the node's list of sites to fetch files from")
            async with outside.ask("GET", url, seconds=_PATIENCE) as answer:
                if answer.status != 200:
                    raise Unreachable(f"the site answered {answer.status}")
                if answer.headers.get("content-encoding", "identity") != "identity":
                    raise Unreachable("the site sent the file packed")
                incoming = self.begin(who, unquote(parsed.path.rpartition("/")[2]))
                try:
                    async for piece in answer.pieces():
                        await incoming.take(piece)
                    upload = await incoming.kept()
                except BaseException:
                    await incoming.dropped()
                    raise
        except Forbidden as error:
            raise Problem(400, f"The file is not fetched: {error}.", "MEDIA_URL_REFUSED") from error
        except Unreachable as error:
            raise Problem(502, f"The file could not be fetched: {error}.", "MEDIA_UNREACHABLE") from error
        await self.keep(who, upload, incoming)
        return upload

    async def keep(self, who: Who, upload: Upload, incoming: Incoming, key: str = "") -> Upload:
        """Note an upload that lies in the folder; the same one again, or the first that came under `key`."""

        def work(ask: Ask) -> Upload:
            if key and (before := uploads.of_key(ask, owner(who), key)):
                return before
            uploads.add(ask, upload, owner(who), key)
            return upload

        try:
            kept = await self._house.desk(who.tenant).write(work, quiet=True)
        except BaseException:
            await incoming.dropped()
            raise
        if kept != upload:
            await incoming.dropped()
        return kept

    def _folder(self, tenant: str) -> OutgoingFolder:
        return OutgoingFolder(self._house.data / tenant)


def owner(who: Who) -> str:
    """Whose an upload is."""
    return who.email or who.key


def gone() -> Problem:
    return Problem(410, "The file is not kept any more: upload it again.", "MEDIA_GONE")


def media_of(house: House) -> Media:
    """The house's own."""
    return house.part("media", lambda: Media(house))


def outside_of(house: House) -> Outside:
    """How machines outside are asked."""
    return house.part("outside", lambda: Outside(private=house.settings.private_networks))


def _listed(host: str, port: int | None, hosts: tuple[str, ...]) -> bool:
    """Whether a host is on the list: `cdn.example`, any name under `*.cdn.example`, or with a port that is not 443."""
    named = f"{host}:{port}" if port not in (None, 443) else host
    return any(named.endswith(one[1:]) if one.startswith("*.") else named == one for one in hosts)
