"""Which files of messages are to be downloaded, and what became of that."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from wabot.model.media import WantedFile
from wabot.model.message import Attachment
from wabot.store.sqlite.payload import load_attachment
from wabot.store.sqlite.queries import Ask


class Files:
    """One tenant's; `run` runs work in a transaction."""

    def __init__(self, run: Callable[[Callable[[], Any]], Awaitable[Any]], ask: Ask) -> None:
        self._run, self._ask = run, ask

    async def wanted(self, since: int, most: int) -> list[WantedFile]:
        """Files of messages that came live since then, of which it is open what becomes; oldest first."""

        def work() -> list[WantedFile]:
            return [
                WantedFile(
                    row["id"],
                    row["message_type"],
                    load_attachment(row["media_details"]) or Attachment(),
                    row["media_tries"],
                )
                for row in self._ask("files_wanted", since=since, most=most)
            ]

        return list(await self._run(work))

    async def stored(self, id: str, name: str, size: int) -> bool:
        """The file is in the folder as `name`; False when its message is gone meanwhile, or was taken back."""
        return bool(await self._run(lambda: self._ask("file_stored", id=id, name=name, size=size).rowcount == 1))

    async def failed(self, id: str, error: str) -> None:
        """One more try failed; with an `error` it was the last."""
        await self._run(lambda: self._ask("file_failed", id=id, error=error).rowcount)

    async def unknown(self, names: Sequence[str]) -> list[str]:
        """Those of the files that no message names."""

        def work() -> list[str]:
            return [name for name in names if self._ask("file_known", name=name).fetchone() is None]

        return list(await self._run(work))
