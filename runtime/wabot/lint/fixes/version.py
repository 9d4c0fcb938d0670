"""Files that do not say which version of the language they are written in."""

from yaml.nodes import MappingNode

from wabot.language.diagnostic import Diagnostic
from wabot.lint.fixes.fix import Edit, Mending
from wabot.lint.fixes.source import Source


def add_version(finding: Diagnostic, source: Source) -> Mending | None:
    """Begin the file with `version: 1`; comments at its top stay at its top."""
    root = source.document.node(())
    # Several keys may be missing at the top of a file; they all stand at the same place.
    if not isinstance(root, MappingNode) or not finding.message.startswith("`version` "):
        return None
    if finding.location != source.document.locate(()) or source.document.has(("version",)):
        return None
    at = root.start_mark.index
    if root.flow_style:
        at = source.text.index("{", at) + 1
        text = "version: 1, " if root.value else "version: 1"
    elif not root.value or root.value[0][0].start_mark.index != at:
        return None  # an anchor or a tag stands first
    else:
        text = "version: 1" + source.newline + " " * root.start_mark.column
    return Mending("add `version: 1`", (Edit(at, at, text),))
