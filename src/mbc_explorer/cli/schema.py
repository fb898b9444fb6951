"""`mbc schema`: JSON Schema of input and output."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import Knowledge, as_json, catalog_of, chosen, write_output

EPILOG = "Examples:  mbc schema profile  |  mbc schema report  |  mbc schema map"
KINDS = ("profile", "report", "map", "matrix", "error")
Kind = Annotated[str, typer.Argument(metavar="[profile|report|map|matrix|error]", help="Which schema.", show_default=False)]


def schema(*, kind: Kind = "report", knowledge: Knowledge = None) -> None:
    """JSON Schema of a profile (what goes in), or of a report, a decision map or an error (what comes out)."""
    from mbc_explorer.published import schema_of

    wanted = chosen([kind], KINDS, "schema", where="schema")[0]
    write_output(as_json(schema_of(wanted, catalog_of(knowledge))), None)


def command() -> Any:
    """The command."""
    return single(schema, "schema", EPILOG)
