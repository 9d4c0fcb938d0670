"""What the commands of figures take, alike."""

from pathlib import Path
from typing import Annotated

import typer

from wabot.cli.output import Format
from wabot.cli.stored import DATA_HELP

Data = Annotated[Path, typer.Option(help=DATA_HELP)]
Tenants = Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")]
First = Annotated[str, typer.Option("--from", metavar="DAY", help="From this day on, as 2026-01-31.")]
Last = Annotated[str, typer.Option("--to", metavar="DAY", help="Until this day, included; today if not given.")]
Lasting = Annotated[
    str, typer.Option("--last", metavar="DAYS", help="The last days, today included, as 7d or 4w; else 30.")
]
Output = Annotated[Format, typer.Option("--format", help="For people or for machines.")]

HERE = Path("data")
