"""The invariants of `rules/invariants.yaml`, each proven for every possible case."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.condition import ALWAYS, attribute_of, attributes_read, facts_read
from mbc_explorer.errors import suggestion
from mbc_explorer.loading import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mbc_explorer.catalog import Catalog, Rule
    from mbc_explorer.checks.findings import Findings
    from mbc_explorer.loading import Loaded, Pack
    from mbc_explorer.schema import InvariantData
    from mbc_explorer.space import Diagram, Space


class Difference(NamedTuple):
    """Two cases that differ in what is compared: what each of them has of it, and some of the rest."""

    before: dict[str, str]
    after: dict[str, str]
    rest: dict[str, str]


class Pairs:
    """Every two possible cases that are alike but for some facts, the first of some cases, the second of others."""

    def __init__(self, space: Space, before: Diagram, after: Diagram, free: list[str], growing: list[str]) -> None:
        """Pairs in which the free facts differ in any way, and the growing ones only in that the second has more."""
        self._space, self._free, self._growing = space, free, growing
        self._before, self._after = before & space.possible, after & space.possible

    @property
    def differing(self) -> list[str]:
        """The facts in which two cases of a pair may differ."""
        return [*self._free, *self._growing]

    def second(self, first: Diagram) -> Diagram:
        """The second cases of the pairs whose first case is in a diagram."""
        reached = self._space.grown(first & self._before, self._growing)
        return self._space.without(reached, self._free) & self._after

    def lost(self, met: Diagram) -> Diagram:
        """The second cases that are not in a diagram, though their first is."""
        return self.second(met) & ~met

    def differ_in(self, facts: Iterable[str], domains: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether one of these facts differs in some pair."""
        values = [self._space.case({fact: value}) for fact in facts for value in domains[fact]]
        return any(self._space.is_possible(self.lost(value)) for value in values)

    def shown(self, met: Diagram, domains: Mapping[str, tuple[str, ...]]) -> Difference:
        """The least difference by which something in a diagram is lost."""
        compared = self.differing
        few = self._space.few(self.lost(met)) or {}
        lost = self._nearest(self.lost(met) & self._space.case(few), {f: domains[f][1] for f in self._growing})
        after = self._space.witness(lost) or {}
        near = met & self._before & self._space.case({f: v for f, v in after.items() if f not in compared})
        for fact in self._growing:
            least = domains[fact].index(after[fact])
            near &= self._space.joined(self._space.case({fact: v}) for v in domains[fact][least : max(2, least + 1)])
        before = self._space.witness(self._nearest(near, {fact: after[fact] for fact in compared})) or {}
        changed = [fact for fact in compared if before[fact] != after[fact]]
        rest = {fact: value for fact, value in few.items() if fact not in changed}
        return Difference({fact: before[fact] for fact in changed}, {fact: after[fact] for fact in changed}, rest)

    def _nearest(self, diagram: Diagram, facts: Mapping[str, str]) -> Diagram:
        """The cases of a diagram with as many of these facts as can be, the earlier ones first."""
        for fact, value in facts.items():
            same = diagram & self._space.case({fact: value})
            diagram = same if self._space.is_possible(same) else diagram
        return diagram


class Invariants:
    """The invariants of one pack under proof."""

    def __init__(self, pack: Pack, catalog: Catalog, space: Space, met: dict[str, Diagram], found: Findings) -> None:
        """Invariants, and for each rule the cases that meet it."""
        self._pack, self._catalog, self._space, self._met, self._found = pack, catalog, space, met, found
        self._resolver = Resolver(pack)

    def check(self) -> int:
        """Prove all of them, and count them."""
        number = 0
        for loaded in self._pack.invariants:
            rows = loaded.model.invariants
            self._resolver.unique(((row.id, loaded.place("invariants", i)) for i, row in enumerate(rows)), "invariant")
            for index, row in enumerate(rows):
                self._invariant(row, loaded, index)
            number += len(rows)
        self._found.problems += self._resolver.problems
        return number

    def _wrong(self) -> int:
        return len(self._resolver.problems) + len(self._found.problems)

    def _invariant(self, row: InvariantData, loaded: Loaded, index: int) -> None:
        at, find, wrong = ("invariants", index), self._resolver, self._wrong()
        place = loaded.place(*at)
        given = find.condition(row.given, loaded, *at, "given") if row.given else ALWAYS
        becomes = find.condition(row.becomes, loaded, *at, "becomes") if row.becomes else given
        find.cites(row.cites, loaded, *at, "cites")
        for number, entry in enumerate(row.exceptions):
            find.cites(entry.cites, loaded, *at, "except", number, "cites")
        self._names_known(row, place)
        for fact in dict.fromkeys([*facts_read(given), *facts_read(becomes)]) if self._wrong() == wrong else ():
            if fact not in self._catalog.facts:
                self._found.report("unread-fact", place, f"{fact} is asked for by no rule, so no case has it.")
        rules = [rule for rule in self._catalog.rules.values() if self.speaks_of(row, rule)]
        excepted = {entry.rule for entry in row.exceptions}
        for name in sorted(excepted.difference(rule.id for rule in rules)):
            self._found.report("idle-exception", place, f"{name} is not among the rules that {row.id} speaks of.")
        if excepted.issuperset(rule.id for rule in rules):
            self._found.report("empty-invariant", place, f"no rule is among those that {row.id} speaks of.")
        if self._wrong() == wrong:
            sides = (self._space.diagram(given), self._space.diagram(becomes))
            self._prove(row, {rule: rule.id in excepted for rule in rules}, sides, place)

    def _names_known(self, row: InvariantData, place: str) -> None:
        catalog = self._catalog
        for names, valid in (
            (row.categories, catalog.categories),
            (row.options, catalog.options),
            (row.sources, catalog.sources),
            ([*row.asking, *row.attributes], catalog.attributes),
            ([entry.rule for entry in row.exceptions], catalog.rules),
        ):
            for name in names:
                if name not in valid:
                    self._found.report("unknown-name", place, f"{name!r} is not known{suggestion(name, valid)}")

    def speaks_of(self, row: InvariantData, rule: Rule) -> bool:
        """Whether a rule is among those that an invariant is about, excepted or not."""
        path = self._catalog.categories[self._catalog.options[rule.option].category].path
        return (
            rule.stance == row.stance
            and (
                not (row.categories or row.options)
                or rule.option in row.options
                or not {*row.categories}.isdisjoint(path)
            )
            and (not row.sources or rule.source in row.sources)
            and (not row.asking or not {*row.asking}.isdisjoint(attributes_read(rule.condition)))
        )

    def _prove(self, row: InvariantData, rules: dict[Rule, bool], sides: tuple[Diagram, Diagram], place: str) -> None:
        """Prove one invariant of some rules, each marked whether it is excepted."""
        space, among = self._space, sides[0]
        if not space.is_possible(among):
            self._found.report("idle-invariant", place, f"{row.id} is of no case.")
            return
        judged = self._judged(row, [rule for rule, excepted in rules.items() if not excepted])
        match row.claims:
            case "never_described":
                for name, met in judged.items():
                    self._holds(row, place, f"{name} is met", met & among)
                kept = [rule for rule in rules if not space.is_possible(self._met[rule.id] & among)]
            case "always_described":
                for name, met in judged.items():
                    self._holds(row, place, f"{name} is not described", among & ~met)
                kept = []
            case _:
                pairs = self.pairs(row, sides)
                self._alike(row, judged, pairs, among, place)
                kept = [rule for rule in rules if not space.is_possible(pairs.lost(self._met[rule.id]))]
        for rule in kept:
            if rules[rule]:
                self._found.report("idle-exception", place, f"{rule.id} keeps {row.id}; it is no exception.")

    def _judged(self, row: InvariantData, rules: list[Rule]) -> dict[str, Diagram]:
        """What is judged by itself, each rule or each option, with the cases that meet it."""
        if row.claims != "always_described" and row.each == "rule":
            return {rule.id: self._met[rule.id] for rule in rules}
        return {
            option: self._space.joined(self._met[rule.id] for rule in rules if rule.option == option)
            for option in dict.fromkeys(rule.option for rule in rules)
        }

    def _holds(self, row: InvariantData, place: str, what: str, against: Diagram) -> None:
        """Report an invariant if some possible case is against it."""
        if self._space.is_possible(against):
            told = f"{row.id} does not hold ({row.says}): {what}."
            self._found.report("broken-invariant", place, told, against)

    def pairs(self, row: InvariantData, sides: tuple[Diagram, Diagram]) -> Pairs:
        """The cases to compare: different in the attributes, and in what is defined by them."""
        defined = [name for name, sources in self._catalog.definitions.items() if {*sources} & {*row.attributes}]
        free = list(dict.fromkeys([*row.attributes, *defined]))
        grown = [name for name in row.attributes if row.claims == "kept_with_more" and name not in defined]
        return Pairs(
            self._space, *sides, self._facts_of([name for name in free if name not in grown]), self._facts_of(grown)
        )

    def _facts_of(self, attributes: Iterable[str]) -> list[str]:
        names = set(attributes)
        return [fact for fact in self._catalog.facts if attribute_of(fact) in names]

    def _alike(self, row: InvariantData, judged: dict[str, Diagram], pairs: Pairs, among: Diagram, place: str) -> None:
        """Report what is met in the first case of a pair and not in the second, and what nothing is compared by."""
        for name in row.attributes:
            if not pairs.differ_in(self._facts_of([name]), self._catalog.facts):
                told = f"{name!r} differs in no two cases that {row.id} compares."
                self._found.report("idle-attribute", place, told)
        if not any(self._space.is_possible(met & among) for met in judged.values()):
            self._found.report("idle-invariant", place, f"nothing that {row.id} compares is ever described.")
        for name, met in judged.items():
            if self._space.is_possible(pairs.lost(met)):
                before, after, rest = map(self._found.texts, pairs.shown(met, self._catalog.facts))
                told = f"{row.id} does not hold ({row.says}): {name} is met with {before}; not with {after}."
                self._found.report("broken-invariant", place, told + (f" For instance: {rest}." if rest else ""))
