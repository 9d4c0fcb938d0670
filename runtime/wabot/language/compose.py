"""From YAML text to nodes, by libyaml."""

import re
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from wabot.language.syntax import syntax_finding

if TYPE_CHECKING:
    from wabot.language.document import Document

MAX_DEPTH: Final = 60

_INDENTED: Final = re.compile(rf"^[ ?-]{{{20 * MAX_DEPTH + 1}}}", re.MULTILINE)
_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_TAGS: Final = {
    ScalarNode: yaml.CSafeLoader.DEFAULT_SCALAR_TAG,
    SequenceNode: yaml.CSafeLoader.DEFAULT_SEQUENCE_TAG,
    MappingNode: yaml.CSafeLoader.DEFAULT_MAPPING_TAG,
}


class _Loader(yaml.CSafeLoader):
    """Leaves every plain scalar a string: which of them are numbers or booleans is decided here, not by YAML 1.1. Asked
    for every value of a file, so it does nothing else that PyYAML's resolver could do."""

    def resolve(self, kind: type[Node], value: Any, implicit: Any) -> str:
        return _TAGS[kind]

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


def source_lines(text: str) -> list[str]:
    """Lines as YAML counts them."""
    return _BREAK.split(text)


def compose(document: "Document", text: str) -> Node | None:
    """The tree of a file's values; None when there is none, and why not is reported on the document."""
    # libyaml and PyYAML recurse for every bracket; a file that is only brackets would exhaust the C stack.
    if _too_deep(text):
        document.report(
            "WB008", f"values are nested more than {MAX_DEPTH} deep", "no rule needs that; look for a stray bracket"
        )
        return None
    loader = _Loader(text)
    try:
        node: Node | None = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        document.findings.append(syntax_finding(document.path, error, source_lines(text)))
        return None
    except yaml.YAMLError as error:
        document.report("WB003", f"this is not YAML: {error}")
        return None
    finally:
        loader.dispose()
    return node


def _too_deep(text: str) -> bool:
    most = 10 * MAX_DEPTH
    depth = 0
    for char in re.finditer(r"[\[\]{}]", text) if text.count("[") + text.count("{") > most else ():
        depth += 1 if char[0] in "[{" else -1
        if depth > most:
            return True
        depth = max(depth, 0)
    return _INDENTED.search(text) is not None
