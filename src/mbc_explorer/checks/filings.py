"""What a history is read by, with one small thing changed: which regimens are counted, and what a drug counts as.

Of `from` each field is left out, exchanged or put in; a drug is filed under one category fewer, another one, or one
more; a category of therapies stands under another one, or under none. What the loader refuses is no mutant: a category
under itself. Two of them read every history alike when they differ in nothing that `matches` and `holds` ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mbc_explorer.checks.derivations import Changed, Derived
from mbc_explorer.checks.mutants import ADD, DROP, SWAP
from mbc_explorer.profile import SETTINGS, STOPPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mbc_explorer.catalog import Catalog, FromRegimens
    from mbc_explorer.loading import Pack

Filed = Mapping[str, tuple[str, ...]]
"""For each drug or category, those that it stands under."""


def history_mutants(pack: Pack, catalog: Catalog) -> Iterator[Derived]:
    """For each attribute that is taken from a history: taken from other regimens, or not taken at all."""
    for index, row in enumerate(pack.profile.model.attributes):
        own, source = catalog.attributes[row.id], catalog.attributes[row.id].from_regimens
        if source is None:
            continue
        found, own_name = [], frozenset({row.id})
        for kind, what, other in _other_sources(source, catalog):
            attributes = {**catalog.attributes, row.id: own._replace(from_regimens=other)}
            reads_alike = other is not None and other._replace(last=None) == source._replace(last=None)
            found.append(Changed(kind, what, {}, attributes, reads_alike=reads_alike, asks=own_name))
        yield Derived(row.id, pack.profile.place("attributes", index, "from"), own_name, found)


def _other_sources(source: FromRegimens, catalog: Catalog) -> Iterator[tuple[str, str, FromRegimens | None]]:
    yield DROP, "as a whole", None
    histories = [row.id for row in catalog.attributes.values() if row.kind == "regimens"]
    vocabulary: dict[str, Iterable[str]] = {
        "regimens": histories,
        "including": catalog.implied,
        "setting": SETTINGS,
        "stopped": STOPPED,
        "last": ("months",),
    }
    for field, others in vocabulary.items():
        own = getattr(source, field)
        if own is not None and field != "regimens":
            yield DROP, f"{field} {own}", _with(source, field, None)
        for other in others:
            if other != own:
                what = f"{field} {other}" if own is None else f"{field} {other} instead of {own}"
                yield ADD if own is None else SWAP, what, _with(source, field, other)


def _with(source: FromRegimens, field: str, word: str | None) -> FromRegimens:
    changed: dict[str, Any] = {field: word}
    return source._replace(**changed)


def filing_mutants(pack: Pack, catalog: Catalog) -> Iterator[Derived]:
    """For each drug, and for each category of therapies: filed under fewer, under others, or under one more."""
    paths = {name: row.path for name, row in catalog.categories.items() if row.therapy}
    filed = {name: tuple(row.what for row in agent.categories) for name, agent in catalog.agents.items()}
    for index, agent in enumerate(pack.agents.model.agents):
        found = [
            _filed(kind, what, {agent.id: _implied(agent.id, other, paths)}, catalog)
            for kind, what, other in _other_filings(filed[agent.id], paths)
        ]
        yield Derived(agent.id, pack.agents.place("agents", index, "categories"), frozenset({agent.id}), found)
    for index, row in enumerate(pack.categories.model.categories):
        if row.id in paths:
            found = []
            for kind, what, moved in _other_parents(row.id, paths):
                agents = {name: _implied(name, filed[name], {**paths, **moved}) for name in catalog.agents}
                found.append(_filed(kind, what, {**agents, **moved}, catalog))
            touched = frozenset({row.id, *(name for name in catalog.agents if row.id in catalog.implied[name])})
            yield Derived(row.id, pack.categories.place("categories", index), touched, found)


def _filed(kind: str, what: str, changed: Filed, catalog: Catalog) -> Changed:
    """Two filings read every history alike when each name implies the same: only that is ever asked of them."""
    asks = frozenset(other for name, these in changed.items() for other in {*these} ^ {*catalog.implied[name]})
    implied = {**catalog.implied, **changed}
    return Changed(kind, what, {}, implied=implied, reads_alike=not asks, asks=asks)


def _implied(agent: str, categories: Iterable[str], paths: Filed) -> tuple[str, ...]:
    return tuple(dict.fromkeys([agent, *(step for name in categories for step in paths.get(name, ()))]))


def _other_filings(own: tuple[str, ...], paths: Filed) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    others = [name for name in paths if name not in own]
    for index, name in enumerate(own):
        before, after = own[:index], own[index + 1 :]
        yield DROP, f"not under {name}", (*before, *after)
        yield from ((SWAP, f"under {other}, not {name}", (*before, other, *after)) for other in others)
    yield from ((ADD, f"under {other} too", (*own, other)) for other in others)


def _other_parents(name: str, paths: Filed) -> Iterator[tuple[str, str, Filed]]:
    """The category under each other one that is not below it, and under none; with all that is below it."""
    parent = paths[name][-2:-1]
    below = {other: path[path.index(name) :] for other, path in paths.items() if name in path}
    if parent:
        yield DROP, "under nothing", below
    for other in paths:
        if other not in below and other not in parent:
            moved = {one: (*paths[other], *path) for one, path in below.items()}
            yield SWAP if parent else ADD, f"under {other}", moved
