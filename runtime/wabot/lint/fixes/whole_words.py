"""Short keywords that match inside other words: `hi` in "nanti hilang"."""

from yaml.nodes import MappingNode

from wabot.language.diagnostic import Diagnostic
from wabot.lint.fixes.fix import Edit, Mending
from wabot.lint.fixes.source import Source


def match_whole_words(finding: Diagnostic, source: Source) -> Mending | None:
    """Let the rule at which the finding stands look for whole words. Its longer keywords lose their endings, too:
    `jam` no longer finds "jamnya", so this is not safe."""
    steps = source.steps_at(finding.location)
    if steps is None or len(steps) < 2 or steps[0] != "rules":
        return None
    trigger = source.document.node((*steps[:2], "trigger"))
    if not isinstance(trigger, MappingNode) or source.is_shared(trigger):
        return None
    written = {key.value: (key, value) for key, value in trigger.value}
    if "keywords" not in written or ("match" in written and written["match"][1].value != "contains"):
        return None
    if "match" in written:
        value = written["match"][1]
        edit = Edit(value.start_mark.index, value.end_mark.index, "word")
    else:
        key = written["keywords"][0]
        at = key.start_mark.index
        between = ", " if trigger.flow_style else source.newline + " " * key.start_mark.column
        edit = Edit(at, at, f"match: word{between}")
    return Mending("match whole words", (edit,))
