"""What a setting's value may be: read from the environment (text), from the node file (data), written for a child."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

_TRUE: Final = frozenset({"true", "1", "yes", "on"})
_FALSE: Final = frozenset({"false", "0", "no", "off"})
_FIELD: Final = re.compile(r"[0-9A-Za-z*/,#()-]{1,60}")
_LONGEST: Final = 3_600


def same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Kind:
    """`from_text` and `from_file` raise ValueError with what the value must be; the node file has its shape already."""

    from_text: Callable[[str], Any]
    from_file: Callable[[Any], Any] = same
    as_text: Callable[[Any], str] = str


def _path(text: str) -> str:
    if "\0" in text or not text.strip():
        raise ValueError("must be the path of a folder")
    return text


def _flag(text: str) -> bool:
    if text.casefold() not in _TRUE | _FALSE:
        raise ValueError("must be true or false")
    return text.casefold() in _TRUE


def _count(low: int, high: int, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise ValueError(f"must be a whole number from {low} to {high}")
    return int(text)


def _seconds(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text) or float(text) > _LONGEST:
        raise ValueError(f"must be seconds, from 0 to {_LONGEST}")
    return round(float(text) * 1000)


def _duration(text: str) -> int:
    from wabot.language.read import duration

    if duration(text) > _LONGEST * 1000:
        raise ValueError("must be at most 1h")
    return duration(text)


def _one_of(words: tuple[str, ...], text: str) -> str:
    if text not in words:
        raise ValueError(f"must be one of {', '.join(words)}")
    return text


def _address(text: str) -> str:
    """HOST:PORT, with an IPv6 address in brackets."""
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})", text)
    if text and (not found or int(found[2]) > 65_535):
        raise ValueError("must be HOST:PORT, such as 127.0.0.1:9464")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)  # raises ValueError itself when brackets do not pair
    if text and (parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", text)):
        raise ValueError("must be a URL that begins with https:// (or http://)")
    if "@" in parts.netloc:
        raise ValueError("must hold no user or password: the secret that signs is set apart")
    return text


def _cron(text: str) -> str:
    fields = text.split()
    if len(fields) != 5 or not all(_FIELD.fullmatch(field) for field in fields):
        raise ValueError('must be a cron expression of five fields, such as "0 */6 * * *"')
    return text


def _origin(text: str) -> str:
    if not re.fullmatch(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", text):
        raise ValueError("must be origins, such as https://inbox.example: no path, no *, in small letters")
    return text


def _network(text: str) -> str:
    from ipaddress import ip_network

    try:
        return str(ip_network(text))
    except ValueError:
        raise ValueError("must be addresses or networks, such as 127.0.0.1 or 10.0.0.0/8") from None


def _host(text: str) -> str:
    if not re.fullmatch(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)+(:[0-9]{1,5})?", text):
        raise ValueError("must be hosts, such as cdn.example or *.cdn.example: no https://, no path, in small letters")
    return text


def _several(one: Callable[[str], str]) -> Kind:
    """A list in the node file; in the environment with commas or spaces between."""
    return Kind(
        lambda text: tuple(one(part) for part in re.split(r"[,\s]+", text) if part),
        lambda data: tuple(one(part) for part in data),
        ",".join,
    )


def one_of(*words: str) -> Kind:
    return Kind(partial(_one_of, words))


def count(low: int, high: int) -> Kind:
    return Kind(partial(_count, low, high))


PATH: Final = Kind(_path, _path)
TEXT: Final = Kind(same)
FLAG: Final = Kind(_flag, as_text=lambda value: "true" if value else "false")
SECONDS: Final = Kind(_seconds, _duration, lambda value: f"{value / 1000:g}")
ADDRESS: Final = Kind(_address, _address)
URL: Final = Kind(_url, _url)
CRON: Final = Kind(_cron, _cron)
ORIGINS: Final = _several(_origin)
NETWORKS: Final = _several(_network)
HOSTS: Final = _several(_host)
