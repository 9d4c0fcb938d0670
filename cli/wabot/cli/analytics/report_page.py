"""`wabot analytics export --format html`: the report of a period as one page."""

import sys
from pathlib import Path
from typing import Final

from wabot.analytics.period import Period
from wabot.cli.analytics.shops import Asked, Shop, figures_of_tenants
from wabot.cli.output import complain, say
from wabot.model.errors import ExportError, UsageError

LANGUAGES: Final = ("id", "en")
NAME: Final = "html"
ENDINGS: Final = (".html", ".htm")


def export_report(folder: Path, asked: Asked, output: Path, *, language: str, anonymous: bool, force: bool) -> None:
    """Write the report of the tenant whose data is in `folder` (`data/<tenant>`) to `output`; `-` is standard output.

    Raises:
        UsageError: there is no such period or language, or nothing may be written there.
        ExportError: the file cannot be written.
        StoreError: the tenant's store cannot be read.
    """
    from wabot.analytics.export.placing import check_place, placed

    if language and language not in LANGUAGES:
        raise UsageError(f"--language {language}: the report is written in {' or '.join(LANGUAGES)}")
    to_output = output == Path("-")
    if to_output and sys.stdout.isatty():
        raise UsageError(f"the report is nothing for a terminal; name a file: --output {folder.name}.html")
    if not to_output:
        check_place(output, force)
    (shop,) = figures_of_tenants(folder.parent, (folder.name,))
    assert isinstance(shop, Shop), "of a single tenant the error is raised"
    period = shop.period(asked)
    page = _page(shop, period, language, anonymous)
    if to_output:
        _print(page)
    else:
        with placed(output, force) as draft:
            draft.write_text(page, "utf-8")
        said = f"{output}: the report of {shop.tenant}, {period.first} to {period.last}"
        say(f"{said}{', anonymous' if anonymous else ''}")
    for note in (*shop.notes, shop.silence(period)):
        if note:
            complain(f"  {note}")


def _page(shop: Shop, period: Period, language: str, anonymous: bool) -> str:
    from wabot.analytics.report import read_report, report_html

    with shop.asking() as ask:
        report = read_report(
            ask, period, shop.rules, shop.now, name=shop.tenant, language=language, anonymous=anonymous
        )
    return report_html(report)


def _print(page: str) -> None:
    try:
        sys.stdout.buffer.write(page.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ExportError(f"standard output cannot be written: {error.strerror or error}") from error
