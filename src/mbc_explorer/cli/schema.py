"""`mbc schema`: JSON Schema of input and output."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import Knowledge, as_json, catalog_of, chosen, write_output

EPILOG = "Examples:  mbc schema profile  |  mbc schema report  |  mbc schema map"
KINDS = (
    "profile",
    "report",
    "why",
    "why-not",
    "what-if",
    "compare",
    "missing",
    "nearest",
    "pairs",
    "readings",
    "map",
    "matrix",
    "check",
    "error",
)
Kind = Annotated[str, typer.Argument(metavar="[KIND]", help=f"One of {', '.join(KINDS)}.", show_default=False)]


def schema(*, kind: Kind = "report", knowledge: Knowledge = None) -> None:
    """JSON Schema of a profile (what goes in), of a report (what `explore` gives), of what another command gives, or of
    an error."""
    from mbc_explorer.published import schema_of

    wanted = chosen([kind], KINDS, "schema", where="schema", otherwise=f"; it is one of {', '.join(KINDS)}.")[0]
    write_output(as_json(schema_of(wanted, catalog_of(knowledge))), None)


def command() -> Any:
    """The command."""
    return single(schema, "schema", EPILOG)
