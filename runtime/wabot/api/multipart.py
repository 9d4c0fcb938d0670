"""multipart/form-data with one file, read as it comes: the file goes to the disk piece by piece, and never stands in
memory whole. (Starlette's own parser keeps it in a temporary folder, however large it is.)"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from wabot.api.incoming import Incoming
from wabot.api.problems import Problem
from wabot.model.media import LARGEST
from wabot.store.sqlite.uploads import Upload

_FIELD: Final = 262_144
"""Bytes of one field."""
_PARTS: Final = 16
_AROUND: Final = 1_000_000
"""Bytes of a request beside its file."""
_NOT_SO: Final = "The body is not multipart/form-data as RFC 7578 has it: {}."


class Form(NamedTuple):
    """The fields by name, and the file that came with them."""

    fields: Mapping[str, str]
    file: Upload
    incoming: Incoming


async def read_form(request: Request, fields: Collection[str], begin: Callable[[str], Incoming]) -> Form:
    """Read a request with a part `file` and these `fields`. `begin` is handed the file's name. Whoever has the form
    sees to the file: it is kept.

    Raises:
        Problem: it is no such request, or the file is not taken. Nothing of the file is left then.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data":
        raise Problem(415, "Send the file as multipart/form-data.")
    if not 0 < len(boundary) <= 200:
        raise _malformed("there is no boundary")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:19]) > max(LARGEST.values()) + _AROUND:
        raise Problem(413, "The file is larger than any that can be sent.", "TOO_LARGE")
    reading = _Reading(fields, begin)
    try:
        return await reading.read(request, boundary)
    except BaseException as error:
        # Also when the request is cancelled: nothing may be left half.
        if reading.incoming is not None:
            await reading.incoming.dropped()
        if isinstance(error, FormParserError):
            raise _malformed("its parts cannot be told apart") from error
        if isinstance(error, ClientDisconnect):
            raise _malformed("it broke off") from error
        raise


def _malformed(why: str) -> Problem:
    return Problem(400, _NOT_SO.format(why), "MALFORMED_BODY")


class _Reading:
    """One body while it is read. The parser calls back, and cannot wait: pieces are put aside until it returns."""

    def __init__(self, fields: Collection[str], begin: Callable[[str], Incoming]) -> None:
        self._allowed, self._begin = fields, begin
        self.incoming: Incoming | None = None
        self._fields: dict[str, bytearray] = {}
        self._pieces: list[bytes] = []
        self._header, self._value, self._disposition = b"", b"", b""
        self._parts, self._field, self._ended = 0, "", False

    async def read(self, request: Request, boundary: bytes) -> Form:
        callbacks: Any = {
            "on_part_begin": self._part_begins,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._part_named,
            "on_part_data": self._part_data,
            "on_end": self._ends,
        }
        parser = MultipartParser(boundary, callbacks)
        async for chunk in request.stream():
            parser.write(chunk)
            pieces, self._pieces = self._pieces, []
            for piece in pieces:
                assert self.incoming is not None
                await self.incoming.take(piece)
        if not self._ended:
            raise _malformed("it has no end")
        if self.incoming is None:
            raise Problem(400, "There is no part `file` with a file name.", "INVALID", fields=["body.file: missing"])
        try:
            fields = {name: value.decode() for name, value in self._fields.items()}
        except UnicodeDecodeError as error:
            raise _malformed("a field is not UTF-8") from error
        return Form(fields, await self.incoming.kept(), self.incoming)

    def _part_begins(self) -> None:
        self._parts += 1
        if self._parts > _PARTS:
            raise _malformed("it has too many parts")
        self._header = self._value = self._disposition = b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _part_named(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name == "file":
            if self.incoming is not None:
                raise Problem(400, "Send one file at a time.", "INVALID", fields=["body.file: more than one"])
            self._field = ""
            self.incoming = self._begin(options.get(b"filename", b"").decode("utf-8", "replace"))
            return
        if name not in self._allowed or name in self._fields:
            why = "more than once" if name in self._fields else "no such field"
            raise Problem(400, "There is a field that does not belong here.", "INVALID", fields=[f"body: {why}"])
        self._field, self._fields[name] = name, bytearray()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if not self._field:
            self._pieces.append(bytes(data[start:end]))
            return
        value = self._fields[self._field]
        value += data[start:end]
        if len(value) > _FIELD:
            raise Problem(413, "A field is too long.", "TOO_LARGE")

    def _ends(self) -> None:
        self._ended = True
