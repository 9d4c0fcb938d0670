"""Small tenants for tests, written as files, as their owners write them."""

import re
import zlib
from collections.abc import Mapping
from pathlib import Path

SOUND = {
    "tenant.yaml": 'version: 1\nname: Warung Uji\nphone: "6281100000000"\ntimezone: Asia/Jakarta\n',
    "rules.yaml": """\
version: 1
rules:
  - id: jam-buka
    trigger: {type: keyword, keywords: [jam buka]}
    response: Kami buka tiap hari kak.
""",
}


def sections(text: str) -> dict[str, str]:
    """`== name ==` lines and what follows each."""
    parts = re.split(r"^== (.+) ==\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def number_of(tenant: str) -> str:
    """A number of the tenant's own: one number belongs to one tenant."""
    return "6281100000000" if tenant == "warung" else f"62811{zlib.crc32(tenant.encode()) % 100_000_000:08}"


def write_tenant(folder: Path, files: Mapping[str, str] = {}) -> Path:
    """Write a tenant; files not given are the sound ones. A file given as "-" is left out."""
    own = SOUND["tenant.yaml"].replace("6281100000000", number_of(folder.name))
    for name, text in {**SOUND, "tenant.yaml": own, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.strip() != "-":
            path.write_text(text, "utf-8")
    return folder


def rules(text: str) -> dict[str, str]:
    """A rules.yaml with these rules, given as the list's YAML."""
    return {"rules.yaml": f"version: 1\nrules:\n{text}"}
