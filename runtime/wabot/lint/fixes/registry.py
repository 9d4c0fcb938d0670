"""The one list of fixes: by the code of the findings that they mend. Add a fix here, and to docs/command-line.md."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from wabot.language.diagnostic import Diagnostic
from wabot.language.document import Document
from wabot.lint.fixes.duplicates import remove_entry, remove_repeated
from wabot.lint.fixes.fix import Fix, Proposal
from wabot.lint.fixes.names import rename_key, rename_word
from wabot.lint.fixes.quotes import quote, quote_where_text_is_wanted
from wabot.lint.fixes.source import Source
from wabot.lint.fixes.version import add_version
from wabot.lint.fixes.whole_words import match_whole_words

FIXES: Final[Mapping[str, tuple[Fix, ...]]] = {
    "WB006": (Fix(True, quote),),
    "WB101": (Fix(False, rename_key),),
    "WB102": (Fix(True, add_version),),
    "WB103": (Fix(True, quote_where_text_is_wanted),),
    "WB104": (Fix(False, rename_word),),
    "WB106": (Fix(True, remove_repeated),),
    "WB305": (Fix(False, match_whole_words),),
    "WB306": (Fix(True, remove_entry),),
}


def proposals(
    documents: Mapping[Path, Document], findings: Iterable[Diagnostic], *, unsafe: bool
) -> Iterator[Proposal]:
    """How these findings can be mended, those that can; `unsafe` offers guesses, too."""
    sources: dict[Path, Source] = {}
    for finding in findings:
        document = documents.get(finding.location.path)
        if document is None or finding.code not in FIXES or document.path.suffix != ".yaml":
            continue
        source = sources.setdefault(document.path, Source(document))
        for fix in FIXES[finding.code]:
            if (fix.safe or unsafe) and (mending := fix.mend(finding, source)) is not None:
                yield Proposal(finding, fix.safe, mending)
                break
