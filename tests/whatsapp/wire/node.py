"""A stanza: what client and server say to each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.whatsapp.wire.jid import JID

Attrs = dict[str, str | JID | None]


@dataclass(slots=True)
class Node:
    """One element. Attributes that are "" or None are left out on the wire."""

    tag: str
    attrs: Attrs = field(default_factory=dict)
    content: list[Node] | bytes | None = None

    def text(self, name: str) -> str:
        """An attribute as text; "" when it is not there."""
        return str(self.attrs.get(name) or "")

    def jid(self, name: str) -> JID:
        """An attribute that must be an address."""
        value = self.attrs[name]
        return value if isinstance(value, JID) else JID.parse(str(value))

    def find(self, *path: str) -> Node | None:
        """The first descendant along `path`."""
        node: Node | None = self
        for tag in path:
            node = next((child for child in node.children(tag)), None) if node else None
        return node

    def get(self, *path: str) -> Node:
        """Like `find`, for what must be there."""
        found = self.find(*path)
        if found is None:
            raise ValueError(f"no {'/'.join(path)} in {self}")
        return found

    def children(self, tag: str | None = None) -> list[Node]:
        every = self.content if isinstance(self.content, list) else []
        return [child for child in every if tag is None or child.tag == tag]

    @property
    def data(self) -> bytes:
        """The content of an element that holds bytes."""
        return self.content if isinstance(self.content, bytes) else b""

    @property
    def number(self) -> int:
        return int.from_bytes(self.data, "big")

    def __str__(self) -> str:
        attrs = "".join(f' {name}="{value}"' for name, value in self.attrs.items() if value)
        if self.content is None:
            return f"<{self.tag}{attrs}/>"
        if isinstance(self.content, list):
            return f"<{self.tag}{attrs}>{''.join(map(str, self.content))}</{self.tag}>"
        short = len(self.content) < 80 and self.content.isalnum()
        return f"<{self.tag}{attrs}>{self.content.decode() if short else f'[{len(self.content)} bytes]'}</{self.tag}>"
