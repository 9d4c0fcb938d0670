"""The report of a period as one page of HTML that can be mailed, printed, and read on a phone."""

from typing import TextIO

from wabot.analytics.period import Period
from wabot.analytics.report.contents import Report
from wabot.analytics.report.page import report_html
from wabot.analytics.report.reading import read_report
from wabot.language.rule_set import RuleSet
from wabot.store.sqlite.queries import Ask

__all__ = ["Report", "read_report", "report_html", "write_report"]


def write_report(
    out: TextIO,
    ask: Ask,
    period: Period,
    rules: RuleSet | None,
    made_at: int,
    *,
    name: str,
    language: str = "",
    anonymous: bool = False,
) -> Report:
    """Write the report that `read_report` puts together into `out`, which must take UTF-8.

    Raises:
        sqlite3.Error: the store cannot be read.
        OSError: `out` takes no more.
    """
    report = read_report(ask, period, rules, made_at, name=name, language=language, anonymous=anonymous)
    out.write(report_html(report))
    return report
