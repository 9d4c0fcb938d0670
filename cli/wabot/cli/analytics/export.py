"""`wabot analytics export`: a table of a tenant's as a file for other programs, or its report as a page."""

import sys
from contextlib import nullcontext
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final, TypeVar

import typer

from wabot.cli.analytics.options import HERE, Data, First, Last
from wabot.cli.analytics.report_page import ENDINGS, export_report
from wabot.cli.analytics.report_page import NAME as REPORT
from wabot.cli.analytics.shops import Asked
from wabot.cli.exit_codes import CLEAN
from wabot.cli.output import complain, say
from wabot.cli.progress import Progress, bar
from wabot.cli.stored import missing, stored_tenants
from wabot.engine.hours import local
from wabot.model.errors import ExportError, UsageError
from wabot.session.clock import RealClock

if TYPE_CHECKING:
    from wabot.analytics.export.formats import Format
    from wabot.analytics.export.moments import LocalClock
    from wabot.analytics.export.rows import Rows, Span
    from wabot.analytics.export.tables import Table
    from wabot.store.sqlite.queries import Ask

_TABLE: Final = "messages"
_STDOUT: Final = Path("-")
_HERE: Final = "`wabot analytics export`"
_FIRST: Final = "2000-01-01"
Named = TypeVar("Named", "Format", "Table")


def export(
    table: Annotated[
        str, typer.Option(help="messages, conversations, contacts, rules, hourly, daily or operators.")
    ] = _TABLE,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="csv, json, jsonl, xlsx, parquet or sqlite; html is the report of a period, for people. By the ending "
            "of the file's name if not given, or csv.",
        ),
    ] = "",
    output: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to write it; `-` is standard output.", show_default=True)
    ] = _STDOUT,
    first: First = "",
    last: Last = "",
    lasting: Annotated[
        str,
        typer.Option("--last", metavar="DAYS", help="The last days, today included, as 7d or 4w; else all there is."),
    ] = "",
    anonymize: Annotated[
        bool, typer.Option("--anonymize", help="Pseudonyms in place of people; no names, numbers or texts.")
    ] = False,
    language: Annotated[
        str, typer.Option(metavar="LANG", help="Of the report: id or en; the tenant's own if not given.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Let it take the place of a file that exists.")] = False,
    data: Data = HERE,
    tenant: Annotated[str, typer.Option(help="Whose; needed where the data folder holds several.")] = "",
) -> None:
    """Write a table of all that is stored, or of a period, as a file for other programs; or the report of a period, of
    the last thirty days if none is named, as a page for people."""
    from wabot.analytics.export.formats import FORMATS
    from wabot.analytics.export.moments import LocalClock
    from wabot.analytics.export.placing import check_place, placed
    from wabot.analytics.export.pseudonyms import tenants_pseudonyms
    from wabot.analytics.export.rows import count_rows, read_rows
    from wabot.analytics.export.tables import TABLES
    from wabot.store.sqlite.reading import asking

    if (form.lower() or _by_ending(output, FORMATS)) == REPORT:
        if table != _TABLE:
            raise UsageError(f"the report is of all that is counted; leave out --table {table}")
        asked = Asked(first, last, lasting)
        export_report(_tenant(data, tenant), asked, output, language=language, anonymous=anonymize, force=force)
        raise typer.Exit(CLEAN)
    if language:
        raise UsageError(f"--language {language} is for the report: say --format {REPORT}, too")
    wanted = _named("table", table, TABLES)
    chosen = _named("format", form or _by_ending(output, FORMATS), FORMATS)
    chosen.check_installed()
    streams = _streams(chosen, output)
    if not streams:
        check_place(output, force)
    folder = _tenant(data, tenant)
    zone, notes = _zone(folder, wanted)
    clock = LocalClock(zone)
    with asking(folder, folder.name) as ask:
        span = _span(first, last, lasting, clock)
        names = tenants_pseudonyms(folder) if anonymize else None
        progress = _Told(wanted, quiet=output == _STDOUT and sys.stdout.isatty())
        if progress.speaks:
            progress.total = count_rows(ask, wanted, span)
        rows = read_rows(ask, wanted, span, clock, names, progress.at)
        try:
            if streams:
                _stream(chosen, rows, output)
                remarks = []
            else:
                with placed(output, force) as draft:
                    remarks = chosen.write(rows, draft)
        finally:
            progress.end()
        if not progress.done:
            complain(_nothing(ask, wanted, clock, folder.name))
    if not streams:
        say(f"{output}: {progress.done:,} {wanted.counts} of {folder.name}{', anonymous' if anonymize else ''}")
    for remark in (*notes, *remarks):
        complain(f"  {remark}")
    raise typer.Exit(CLEAN)


class _Told:
    """Knows how many rows are written, and says so on a terminal."""

    def __init__(self, table: "Table", quiet: bool) -> None:
        self._table, self._progress = table, Progress()
        self.speaks = sys.stderr.isatty() and not quiet
        self.total = self.done = 0

    def at(self, done: int) -> None:
        self.done = done
        if self.speaks:
            self._progress.at(f"exporting {bar(done, self.total)} {done:,} of {self.total:,} {self._table.counts}")

    def end(self) -> None:
        self._progress.end()


def _named(what: str, name: str, known: "tuple[Named, ...]") -> Named:
    found = next((one for one in known if one.name == name.lower()), None)
    if found is None:
        raise missing(what, name, _HERE, [*(one.name for one in known), *([REPORT] if what == "format" else [])])
    return found


def _by_ending(output: Path, formats: "tuple[Format, ...]") -> str:
    if output.suffix.lower() in ENDINGS:
        return REPORT
    return next((one.name for one in formats if output.suffix.lower() in one.endings), "csv")


def _tenant(data: Path, name: str) -> Path:
    folders = stored_tenants(data, (name,) if name else ())
    if not folders:
        raise UsageError(f"no tenant has data in {data}; `wabot run` makes it, or name another with --data")
    if len(folders) > 1:
        listed = ", ".join(folder.name for folder in folders[:12]) + (" …" if len(folders) > 12 else "")
        raise UsageError(f"an export is of one tenant: name it with --tenant; there are: {listed}")
    return folders[0]


def _zone(folder: Path, table: "Table") -> "tuple[tzinfo, tuple[str, ...]]":
    """On whose clock days are told, and what to know of that. Sums are brought up to date first."""
    from wabot.analytics.known import known
    from wabot.cli.analytics.shops import Shop, figures_of_tenants, zone_of
    from wabot.cli.kept import live_rules
    from wabot.store.sqlite.reading import asking

    if not table.is_sum:
        with asking(folder, folder.name) as ask:
            counted = known(ask).zone
        return zone_of(counted, live_rules(folder))
    (shop,) = figures_of_tenants(folder.parent, (folder.name,))
    assert isinstance(shop, Shop), "one that cannot be read is an error where there is one"
    return shop.zone, shop.notes


def _streams(chosen: "Format", output: Path) -> bool:
    """Whether it is written as it comes: to standard output, a pipe or a device.

    Raises:
        UsageError: the format cannot be.
    """
    if output == _STDOUT or (output.exists() and not output.is_file() and not output.is_dir()):
        if chosen.stream is None:
            raise UsageError(f"{chosen.name} cannot be written as it comes; name a file: --output FILE.{chosen.name}")
        if output == _STDOUT and not chosen.is_text and sys.stdout.isatty():
            raise UsageError(f"{chosen.name} is nothing for a terminal; name a file: --output FILE.{chosen.name}")
        return True
    return False


def _stream(chosen: "Format", rows: "Rows", output: Path) -> None:
    assert chosen.stream is not None, "_streams has asked"
    try:
        with nullcontext[BinaryIO](sys.stdout.buffer) if output == _STDOUT else output.open("wb") as out:
            chosen.stream(rows, out)
            out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        place = "standard output" if output == _STDOUT else output
        raise ExportError(
            f"{place} cannot be written: {error.strerror or error}. What it holds is no whole export."
        ) from error


def _span(first: str, last: str, lasting: str, clock: "LocalClock") -> "Span":
    from wabot.analytics.export.rows import EVERYTHING, Span
    from wabot.analytics.period import read_period

    if not (first or last or lasting):
        return EVERYTHING
    today = local(RealClock().now(), clock.zone).date()
    period = read_period(first if first or lasting else _FIRST, last, lasting, today, clock.zone)
    return Span(period.since, period.until, period.first, period.last)


def _nothing(ask: "Ask", table: "Table", clock: "LocalClock", tenant: str) -> str:
    stored = ask("export_stored").fetchone()
    if stored["first"] is None:
        return f"nothing is stored of {tenant} yet: the table is empty"
    begin, end = clock.days((stored["first"], stored["last"]))
    return f"no {table.counts} of {tenant} then: the table is empty; messages are stored from {begin} to {end}"
