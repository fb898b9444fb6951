"""`mbc missing`: what is unknown and matters, what each answer brings and takes, and what is still worth asking."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mbc_explorer.cli.app import single
from mbc_explorer.cli.explore import Assigned, Details, Engine, Output, ProfileFile
from mbc_explorer.cli.options import (
    Json,
    Knowledge,
    attribute_options,
    catalog_of,
    chosen,
    profile_from,
    stated,
)
from mbc_explorer.cli.question import show
from mbc_explorer.explorer import Explorer
from mbc_explorer.questions import missing as missing_of
from mbc_explorer.report import askable

Plain = dict[str, Any]

Attributes = Annotated[
    list[str] | None,
    typer.Option("--attribute", metavar="ATTRIBUTE", help="Only the answers to this question, with the reasons."),
]
Everything = Annotated[bool, typer.Option("--all", "-a", help="Every question, and every answer, however many.")]
EPILOG = (
    "A question that is counted higher settles more options; that says nothing of the options. Examples:  mbc missing "
    "--er + --pr + --her2 - --menopause postmenopausal --prior none  |  mbc missing --her2 + --attribute "
    "prior_therapies  |  mbc missing --profile case.yaml --all  |  mbc missing --er - --json"
)


def missing(
    context: typer.Context,
    *,
    profile: ProfileFile = None,
    set_: Assigned = None,
    attribute: Attributes = None,
    all_: Everything = False,
    details: Details = False,
    output: Output = None,
    engine: Engine = None,
    json: Json = False,
    knowledge: Knowledge = None,
) -> None:
    """What is unknown and matters: the questions still worth asking, with how many options an answer settles, and for
    each question what each answer would bring and take, with the sentences."""
    catalog = catalog_of(knowledge)
    words = {alias: row.id for row in catalog.attributes.values() for alias in row.aliases}
    named = chosen(attribute, catalog.attributes, "attribute", words, otherwise="; `mbc profile` lists them.")
    wanted = askable(catalog, named)
    case = Explorer(catalog, engine).case(profile_from(catalog, profile, set_ or [], stated(context)))
    found = missing_of(case)
    if wanted:
        rows = [row for row in found["attributes"] if row["attribute"] in wanted]
        found = {**found, "attributes": rows, "narrowed_to": {"attributes": wanted}}

    def render(data: Plain, names: Plain, sources: Plain, color: bool) -> str:
        from mbc_explorer.render.changes import View
        from mbc_explorer.render.questions import render_questions

        titles = {row.id: row.name for row in catalog.attributes.values()}
        view = View(details, all_)
        return render_questions(data, {**names, "titles": titles}, sources, view=view, color=color)

    show({**case.heading, **found}, case, render, json=json, output=output)


def command() -> Any:
    """The command, with an option for each attribute of the vocabulary before its own."""
    made = single(missing, "missing", EPILOG)
    made.params[:0] = attribute_options(catalog_of(None))
    return made
