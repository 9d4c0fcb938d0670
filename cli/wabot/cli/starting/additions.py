"""Adds a recipe's lines to a YAML file of the starter, comments and all: both are written in block style, two levels
deep, so that lines can be moved as they are."""

import re


def added(text: str, fragment: str) -> str:
    """`text` with the fragment's keys: a new key goes to the end, a known one gets the fragment's entries; an entry of
    the same name is replaced, an item of a list comes last."""
    blocks = _blocks(text, "")
    for key, addition in _blocks(fragment, "").items():
        blocks[key] = _joined(blocks[key], addition) if key in blocks else addition
    return "".join(blocks.values())


def _joined(block: str, addition: str) -> str:
    entries = _blocks(block, "  ")
    for key, entry in _blocks(addition, "  ").items():
        if key != _HEAD:
            entries[key] = entry
    return "".join(entries.values())


_HEAD = "(head)"


def _blocks(text: str, indent: str) -> dict[str, str]:
    """The text cut before each line that begins an entry at this indent, by the entries' keys (an item of a list: the
    whole of it); what comes before the first is under `_HEAD`."""
    blocks = {_HEAD: ""}
    for block in re.split(rf"^(?={indent}[\w\"-])", text, flags=re.MULTILINE):
        found = re.match(rf"{indent}(\"?[\w-]+\"?):", block)
        blocks[found[1] if found else block.strip() if block.startswith(f"{indent}-") else _HEAD] = block
    return blocks
