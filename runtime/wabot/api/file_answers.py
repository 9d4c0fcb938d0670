"""Answering with a file: as it is, or a range of it; with nothing that a browser could run in our name."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from wabot.api.answers import has
from wabot.api.problems import Problem
from wabot.language.files import open_file
from wabot.model.sendable import MIMES, clean_name

_AT_ONCE: Final = 262_144
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_SHOWN: Final = ("image/", "audio/", "video/")
"""What a browser may show by itself; anything else is saved."""
UNTOLD: Final = "application/octet-stream"


def file_answer(request: Request, path: Path, name: str) -> Response:
    """The file at `path`, called `name` by whoever sent it. Its type follows from its own ending, which we gave it by
    its content.

    Raises:
        Problem: there is no such file, or no such range of it.
    """
    ending = path.suffix.lower().removeprefix(".")
    mime = MIMES.get(ending, UNTOLD)
    try:
        file = open_file(path, follow=False)
    except OSError as error:
        raise Problem(410, "The file is not kept any more.", "MEDIA_GONE") from error
    try:
        seen = os.fstat(file.fileno())
        tag = f'"{seen.st_ino:x}-{seen.st_size:x}-{seen.st_mtime_ns:x}"'
        kind = "inline" if mime.startswith(_SHOWN) else "attachment"
        headers = {
            "content-type": f"{mime}; charset=utf-8" if mime.startswith("text/") else mime,
            "content-disposition": f"{kind}; filename*=UTF-8''{quote(clean_name(name, ending or 'bin'), safe='')}",
            "content-security-policy": "default-src 'none'; sandbox",
            "cache-control": "private, max-age=86400",
            "accept-ranges": "bytes",
            "etag": tag,
        }
        if has(request, tag):
            file.close()
            return Response(status_code=304, headers=headers)
        begin, end = _wanted(request, seen.st_size, tag)
        if (begin, end) == (0, seen.st_size):
            return _FileAnswer(file, begin, end, 200, headers)
        return _FileAnswer(
            file, begin, end, 206, headers | {"content-range": f"bytes {begin}-{end - 1}/{seen.st_size}"}
        )
    except BaseException:
        file.close()
        raise


def _wanted(request: Request, size: int, tag: str) -> tuple[int, int]:
    """From which byte up to before which. Several ranges, or what is none, are answered with all of it (RFC 9110)."""
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or not (found[1] or found[2]) or request.headers.get("if-range", tag) != tag:
        return 0, size
    if not found[1]:
        begin, end = max(size - int(found[2]), 0), size
    else:
        begin, end = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
    if found[1] and found[2] and int(found[2]) < int(found[1]):
        return 0, size
    if begin >= size:
        raise Problem(
            416, f"The file has {size} bytes.", "RANGE_NOT_SATISFIABLE", headers={"content-range": f"bytes */{size}"}
        )
    return begin, end


class _FileAnswer(Response):
    """Reads while it sends, from a file that is open: it may be deleted meanwhile."""

    def __init__(self, file: BinaryIO, begin: int, end: int, status: int, headers: dict[str, str]) -> None:
        super().__init__(status_code=status, headers=headers | {"content-length": str(end - begin)})
        self._file, self._begin, self._end = file, begin, end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for piece in self._pieces():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._file.close()

    async def _pieces(self) -> AsyncIterator[bytes]:
        at = self._begin
        while at < self._end:
            piece = await asyncio.to_thread(os.pread, self._file.fileno(), min(_AT_ONCE, self._end - at), at)
            if not piece:
                raise OSError("the file was cut while it was sent")
            at += len(piece)
            yield piece
