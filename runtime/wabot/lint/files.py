"""Files that customers cannot simply look at."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from wabot.language.responses.media import Media
from wabot.lint.check import Check, Finding
from wabot.lint.subject import Subject
from wabot.model.media import HEAD, is_picture, media_type

_OTHER_PICTURES: Final = frozenset(
    {".webp", ".gif", ".heic", ".heif", ".avif", ".bmp", ".tif", ".tiff", ".svg", ".psd", ".jfif"}
)
_PROGRAMS: Final = frozenset(
    {".apk", ".xapk", ".exe", ".msi", ".bat", ".cmd", ".com", ".scr", ".ps1", ".vbs", ".js", ".jar", ".ipa", ".dmg"}
)
_SAVE: Final = "save it as JPEG or PNG"


def _pictures(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        file = rule.response
        if not isinstance(file, Media) or file.path is None:
            continue
        at = subject.place(rule).locate("response", "file")
        if PurePath(file.file).suffix.lower() in _OTHER_PICTURES:
            message = f"`{file.file}` goes out as a document; WhatsApp shows JPEG and PNG in the chat"
            yield Finding(at, message, _SAVE)
        elif media_type(file.file) == "image" and not _is_picture(file):
            message = f"`{file.file}` is named like a picture, but what is in it is neither JPEG nor PNG"
            yield Finding(at, message, _SAVE)


def _is_picture(file: Media) -> bool:
    assert file.path is not None
    try:
        with file.path.open("rb") as content:
            return is_picture(content.read(HEAD))
    except OSError:  # gone this moment, or not for us to read: whoever sends it says so
        return True


def _programs(subject: Subject) -> Iterator[Finding]:
    for rule in subject.rules:
        if isinstance(rule.response, Media) and PurePath(rule.response.file).suffix.lower() in _PROGRAMS:
            at = subject.place(rule).locate("response", "file")
            message = f"`{rule.response.file}` is a program: phones warn of it, and customers report who sends one"
            yield Finding(at, message, "send a link to the store where it can be had")


CHECKS = (
    Check("WB463", "warning", "A picture that is not shown in the chat", _pictures),
    Check("WB464", "warning", "A program as a reply", _programs),
)
