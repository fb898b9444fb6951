"""`mbc profile`: what can be said of a case."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mbc_explorer.catalog import Attribute
from mbc_explorer.cli.app import single
from mbc_explorer.cli.options import (
    Json,
    Knowledge,
    attribute_named,
    catalog_of,
    flags,
    wants_color,
    write_json,
    write_output,
)
from mbc_explorer.errors import UsageError, one, suggestion
from mbc_explorer.report import citations

EPILOG = (
    "Examples:  mbc profile  |  mbc profile her2  |  mbc profile prior_therapies  |  "
    "mbc profile --template > case.yaml, then mbc explore --profile case.yaml"
)
Name = Annotated[
    str | None,
    typer.Argument(metavar="[ATTRIBUTE]", help="Show one attribute, by its name or an alias.", show_default=False),
]
Template = Annotated[
    bool,
    typer.Option("--template", "-t", help="Print an empty profile with comments, to fill in and pass to --profile."),
]


def profile(*, name: Name = None, template: Template = False, json: Json = False, knowledge: Knowledge = None) -> None:
    """What can be said of a case: every attribute with its values, the words accepted for them and what they mean."""
    catalog = catalog_of(knowledge)
    chosen = list(catalog.attributes.values())
    if name is not None:
        found = attribute_named(catalog, name)
        if found is None:
            words = [word for a in catalog.attributes.values() for word in (a.id, *a.aliases)]
            raise UsageError(
                one("unknown-attribute", name, f"is not an attribute of a profile{suggestion(name, words)}")
            )
        chosen = [found]
    if template:
        from mbc_explorer.render.vocabulary import render_template

        write_output(render_template(chosen, catalog), None)
    elif json:
        rows = [_plain(attribute) for attribute in chosen]
        data = {
            "not_known": [{"id": way.id, "aliases": list(way.aliases)} for way in catalog.not_known],
            "attributes": rows,
            "therapies": catalog.words,
        }
        write_json(data)
    else:
        from mbc_explorer.render.vocabulary import render_attributes

        write_output(render_attributes(chosen, catalog, detailed=name is not None, color=wants_color()), None)


def _plain(attribute: Attribute) -> dict[str, Any]:
    return {
        "id": attribute.id,
        "name": attribute.name,
        "group": attribute.group,
        "kind": attribute.kind,
        "options": flags(attribute),
        "aliases": list(attribute.aliases),
        "values": [value._asdict() for value in attribute.values],
        "not_in_documents": [entry._asdict() for entry in attribute.not_in_documents],
        "about": attribute.about,
        "citations": citations(attribute.cites),
    }


def command() -> Any:
    """The command."""
    return single(profile, "profile", EPILOG)
