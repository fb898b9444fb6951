"""`mbc readings`: sentences with two defensible readings, and what the other one comes to for a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.explore import Assigned, Engine, Output, ProfileFile
from mbc_explorer.cli.options import (
    Json,
    Knowledge,
    as_json,
    attribute_options,
    catalog_of,
    chosen,
    profile_from,
    stated,
    wants_color,
    write_output,
)
from mbc_explorer.cli.pairs import Names, Sources
from mbc_explorer.explorer import Explorer
from mbc_explorer.lookup import rules_named
from mbc_explorer.profile import Profile
from mbc_explorer.report import enveloped
from mbc_explorer.second_readings import apart
from mbc_explorer.second_readings import readings as readings_of

if TYPE_CHECKING:
    from mbc_explorer.catalog import Catalog, Reading

Details = Annotated[
    bool, typer.Option("--details", "-d", help="With a profile, tell also those in full that change no status.")
]
EPILOG = (
    "Examples:  mbc readings tamoxifen  |  mbc readings --source msk-2016  |  mbc readings cancercare-2024:92 --json  "
    "|  mbc readings --er + --her2 - --menopause premenopausal --prior tamoxifen. An attribute that is not given is "
    "unknown, never negative."
)


def readings(
    context: typer.Context,
    *,
    names: Names = None,
    profile: ProfileFile = None,
    set_: Assigned = None,
    source: Sources = None,
    details: Details = False,
    output: Output = None,
    engine: Engine = None,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """Sentences that can be read in two ways: the reading that decides, the other one, why, and a profile on which they
    part. With a profile, the readings that come to something else on it, and which options hang on that."""
    catalog = catalog_of(knowledge)
    given = stated(context)
    sources = chosen(source, catalog.sources, "source")
    asked = _asked(catalog, names, sources)
    explorer = Explorer(catalog, engine)
    blank = explorer.case(Profile())
    if profile is None and not set_ and not given:
        case = None
        found = {"software": blank.heading["software"], "knowledge": blank.heading["knowledge"]}
        found["readings"] = readings_of(blank, asked)
    else:
        case = explorer.case(profile_from(catalog, profile, set_ or [], given))
        otherwise = apart(case, asked)
        found = {**case.heading, "agree": len(asked) - len(otherwise), "readings": readings_of(blank, otherwise, case)}
    data = enveloped(found)
    if json:
        write_output(as_json(data, output), output)
        return
    from mbc_explorer.render.readings import render_readings

    about = blank.report.data
    records = {record["id"]: record for record in about["sources"]}
    color = output is None and wants_color()
    write_output(render_readings(data, about["names"], records, details=details, color=color), output)


def _asked(catalog: Catalog, names: list[str] | None, sources: tuple[str, ...]) -> list[Reading]:
    """The readings of the rules that are asked for, in the order of the rules."""
    rules = rules_named(catalog, names) if names else list(catalog.rules.values())
    wanted = [rule.id for rule in rules if not sources or rule.source in sources]
    return sorted(
        (reading for reading in catalog.readings.values() if reading.rule in wanted),
        key=lambda reading: wanted.index(reading.rule),
    )


def command() -> Any:
    """The command, with an option for each attribute of the vocabulary before its own."""
    made = single(readings, "readings", EPILOG)
    made.params[:0] = attribute_options(catalog_of(None))
    return made
