"""Two tenants of one API, of whom the first must not learn a byte of the second; and everything that can be asked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from hypothesis import strategies as st

from tests.api.filling import fill, rows, texts
from tests.api.front import Api, Front, api
from tests.session.stage import BUDI, Stage, stage
from wabot.api.app import openapi
from wabot.api.webhook_delivery import delivery_of

A: Final = "warung"
B: Final = "tetangga"
MARK: Final = "rahasia7f3"
"""Stands in every text of B's that is no key; A never sends it."""
_B_CUSTOMER: Final = "6287770001234"
_B_RULES: Final = (
    f"  - {{id: jam-buka, trigger: {{type: keyword, keywords: [jam buka]}}, response: Buka kak {MARK}.}}\n"
    f"  - {{id: hanya-tetangga, trigger: {{type: keyword, keywords: [promo]}}, response: Promo {MARK}.}}\n"
)
_REPLIES: Final = "version: 1\nquick_replies:\n  - {{shortcut: /{0}, title: {1}, message: Halo {1} kak}}\n"


_PICTURE: Final = ("foto.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "image/png")


class Operation(NamedTuple):
    """One thing that can be asked."""

    method: str
    path: str
    parameters: list[dict[str, Any]]
    kind: str
    body: dict[str, Any] | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def operations() -> list[Operation]:
    """Whatever the document knows, which knows every endpoint."""
    found = []
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            kind = next(iter(content), "")
            body = content[kind].get("schema", {}) if kind else None
            found.append(Operation(method.upper(), path, operation.get("parameters", []), kind, body))
    return found


class World:
    """A's people at a front end, and what B has."""

    def __init__(self, shop: Stage, opened: Api, data: Path) -> None:
        self.shop, self.api, self.data = shop, opened, data
        self.front: Front = opened.front(A)
        self.neighbour: Front = opened.front(B, email="pemilik@tetangga.example")
        # A word of A's session looks at A's store; nothing runs for B.
        self.files = (data / B / "wabot.db", data / "node.db")
        fill(self.files[0], B, MARK, shop.clock.now())
        _fill_node(self.files[1], shop.clock.now())
        self.sendable, self.never_sent = self._keys()
        self.conversation = next(
            row["id"] for table, row in rows(self.files[0]) if table == "conversations" and row["chat"] == _B_CUSTOMER
        )
        """B's chat with a customer, who wrote there."""
        self.own = sorted({value for _, column, value in texts(data / A / "wabot.db") if _is_key(column)})

    def _keys(self) -> tuple[list[str], set[str]]:
        """B's keys: those that A tries, and those that it never does, so that they must never be seen."""
        keys: dict[tuple[str, str], list[str]] = {}
        for file, where in zip(self.files, ("", B), strict=True):
            for table, column, value in texts(file, where):
                if _is_key(column) and MARK not in value and value != B and len(value) > 8:
                    keys.setdefault((table, column), []).append(value)
        tried: set[str] = set()
        kept: set[str] = set()
        for values in keys.values():
            for number, value in enumerate(dict.fromkeys(values)):
                (kept if number % 2 else tried).add(value)
        own = {value for _, column, value in texts(self.data / A / "wabot.db") if _is_key(column)}
        tried |= {B, "hanya-tetangga", "promo-tetangga", "pemilik@tetangga.example", _B_CUSTOMER}
        return sorted(tried - own), kept - tried - own

    def b_has(self) -> str:
        """Everything of B's, as text: another text once anything of it has changed."""
        parts = [repr(row) for row in rows(self.files[0])]
        # What A calls by B's name is A's.
        shared = [row for _, row in rows(self.files[1]) if row.get("tenant_id") != A]
        parts += [repr(row) for row in shared if any(B in str(value) for value in row.values())]
        for folder in (self.data / B, self.data.parent / "rules" / B):
            parts += [f"{path} {path.stat().st_size}" for path in sorted(folder.rglob("*")) if _is_kept(path)]
        return "\n".join(parts)


def _is_kept(path: Path) -> bool:
    return path.is_file() and not path.name.startswith("wabot.db")


def _is_key(column: str) -> bool:
    return column in ("id", "phone", "chat", "email", "shortcut", "rule_id", "media_file", "key", "token_hash") or (
        column.endswith("_id") and column != "tenant_id"
    )


def _fill_node(file: Path, at: int) -> None:
    """B's rows in what belongs to no tenant, for an account of B's own."""
    fill(file, B, MARK, at)


@asynccontextmanager
async def world(place: Path, serve: Callable[..., AbstractAsyncContextManager[Api]] = api) -> AsyncIterator[World]:
    """The two, A with a session that runs, until the block ends. `serve` makes the API, of the same words as `api`."""
    data = place / "data"
    async with stage(place, _B_RULES, home=f"data/{B}", called=B) as other:
        await other.say(f"jam buka? {MARK}", _B_CUSTOMER, name=f"Siti {MARK}")
        await other.say("promo", _B_CUSTOMER, name=f"Siti {MARK}")
    theirs = place / "rules" / B
    (theirs / "tenant.yaml").write_text((theirs / "tenant.yaml").read_text().replace("name: Warung", f"name: {MARK}"))
    _reply(theirs, "promo-tetangga", MARK)
    async with stage(place, home=f"data/{A}") as shop:
        _reply(shop.folder, "salam", "apa kabar")
        await shop.say("jam buka?")
        await shop.say("halo", chat=f"{BUDI}9")
        folders = {name: place / "rules" / name for name in (A, B)}
        async with serve(data, folders, shop.clock) as opened:
            opened.front(A, "operator", "ani@warung.example")
            made = World(shop, opened, data)
            # B's webhooks are tried now, and not in the middle of a test.
            webhooks = delivery_of(opened.house)
            webhooks.stir(B)
            await webhooks.settle()
            yield made


def _reply(folder: Path, shortcut: str, word: str) -> None:
    (folder / "quick-replies.yaml").write_text(_REPLIES.format(shortcut, word), "utf-8")


Values = st.SearchStrategy[Any]


def values(schema: dict[str, Any], words: Values, depth: int = 0) -> Values:
    """What a schema allows, with `words` wherever a text may stand."""
    if "$ref" in schema:
        return values(openapi()["components"]["schemas"][schema["$ref"].rpartition("/")[2]], words, depth + 1)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of([values(one, words, depth) for one in schema[several]])
    kind = schema.get("type")
    if kind == "string":
        return _text(schema, words)
    if kind == "integer":
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        return st.integers(low, min(schema.get("maximum", low + 50), low + 50))
    if kind == "number":
        return st.integers(0, 50)
    if kind == "boolean":
        return st.booleans()
    if kind == "null":
        return st.none()
    if kind == "array":
        return st.lists(
            values(schema.get("items", {}), words, depth + 1), min_size=schema.get("minItems", 0), max_size=3
        )
    if kind == "object" and depth < 8:
        fields = schema.get("properties", {})
        made = {name: values(one, words, depth + 1) for name, one in fields.items()}
        needed = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {name: one for name, one in made.items() if name in needed},
            optional={name: one for name, one in made.items() if name not in needed},
        )
    return st.one_of(words, st.dictionaries(st.sampled_from(("id", "name")), words, max_size=1))


def _text(schema: dict[str, Any], words: Values) -> Values:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 1_000)
    if schema.get("format") == "date-time":
        return st.sampled_from(("2026-01-28T10:00:00.000Z", "2026-02-01T00:00:00Z"))
    if schema.get("format") == "date":
        return st.sampled_from(("2026-01-28", "2026-02-01"))
    fitting = words.map(lambda word: word[:most].ljust(least, "x"))
    if pattern := schema.get("pattern"):
        return st.one_of(st.from_regex(pattern, fullmatch=True).filter(lambda text: len(text) <= most), fitting)
    return fitting


class Asked(NamedTuple):
    """A request as it is sent."""

    method: str
    url: str
    query: list[tuple[str, Any]]
    headers: dict[str, str]
    json: Any
    files: Mapping[str, tuple[Any, ...]]


@st.composite
def requests(draw: st.DrawFn, operation: Operation, words: Values) -> Asked:
    """A request of an operation, with `words` in its path, its query, its headers and its body."""
    url = operation.path
    query: list[tuple[str, Any]] = []
    headers: dict[str, str] = {}
    for parameter in operation.parameters:
        name, where = parameter["name"], parameter["in"]
        if where == "path":
            value = draw(values(parameter.get("schema", {}), words))
            url = url.replace(f"{{{name}}}", _in_path(value))
        elif parameter.get("required") or draw(st.booleans()):
            value = draw(values(parameter.get("schema", {}), words))
            if where == "query":
                query += [(name, one) for one in (value if isinstance(value, list) else [value]) if one is not None]
            elif isinstance(value, str) and value.isascii() and value.isprintable():
                headers[name] = value
    json: Any = None
    files: Mapping[str, tuple[Any, ...]] = {}
    if operation.body is not None:
        body = draw(values(operation.body, words))
        if "multipart" in operation.kind:
            files = {
                name: ("foto.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "image/png")
                if name == "file"
                else (None, str(value))
                for name, value in (body if isinstance(body, dict) else {"file": ""}).items()
            }
        else:
            json = body
    return Asked(operation.method, url, query, headers, json, files)


def _in_path(value: Any) -> str:
    return quote(str(value), safe="") or "-"


def soon(runner: asyncio.Runner, world: World, asked: Asked) -> Any:
    """Ask it as A."""
    more: dict[str, Any] = {"params": asked.query, "headers": asked.headers}
    if asked.files:
        more["files"] = asked.files
    elif asked.json is not None:
        more["json"] = asked.json
    return runner.run(world.front.ask(asked.method, asked.url, **more))
