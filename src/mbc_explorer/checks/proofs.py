"""What is proven of every possible case, by decision diagrams: of each rule, of rules together, and the invariants.

Nothing here is a sample. A finding comes with the facts on which it shows.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.catalog import DESCRIBES, NOT_USED
from mbc_explorer.condition import ALWAYS, attribute_of, facts_read
from mbc_explorer.errors import Problem
from mbc_explorer.explain import fact_text
from mbc_explorer.loading import Resolver
from mbc_explorer.space import Space

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mbc_explorer.catalog import Catalog, Rule
    from mbc_explorer.loading import Loaded, Pack
    from mbc_explorer.schema import InvariantData
    from mbc_explorer.space import Diagram


class Proven(NamedTuple):
    """How much was proven, by kind of claim, and what does not hold."""

    counts: dict[str, int]
    problems: list[Problem]


def prove(pack: Pack, catalog: Catalog) -> Proven:
    """Prove the rules and the invariants of a pack.

    Args:
        pack: the files, for the places of what is found.
        catalog: the same, compiled.

    Raises:
        EngineError: when the solver is not installed.
    """
    return Prover(pack, catalog).run()


class Prover:
    """One pack under proof."""

    def __init__(self, pack: Pack, catalog: Catalog) -> None:
        self._pack, self._catalog = pack, catalog
        self.space = Space(catalog)
        self._met = {rule.id: self.space.diagram(rule.condition) for rule in catalog.rules.values()}
        self._places = {
            f"{loaded.model.source}.{row.id}": loaded.place("rules", index)
            for loaded in pack.rules
            for index, row in enumerate(loaded.model.rules)
        }
        self.problems: list[Problem] = []

    def run(self) -> Proven:
        """Everything, in order."""
        counts = {
            "possible cases": self.space.count(self.space.diagram(ALWAYS)),
            "rules met and not met": self._each_rule(),
            "impossible sets of facts": self._conflicts(),
            "pairs of rules": self._together(),
            "options reached": self._reached(),
            "attributes, values and derivations used": self._used(),
            "invariants": self._invariants(),
        }
        return Proven(counts, self.problems)

    def _report(self, kind: str, where: str, message: str, shown: Diagram | None = None) -> None:
        facts = self.space.few(shown) if shown is not None else None
        texts = [fact_text(fact, [value], self._catalog) for fact, value in (facts or {}).items()]
        told = f" For instance: {'; '.join(texts)}." if texts else ""
        self.problems.append(Problem(kind, where, message + told))

    def _each_rule(self) -> int:
        """Every rule can be met; every rule but those marked so can be not met."""
        for rule in self._catalog.rules.values():
            met = self._met[rule.id]
            if not self.space.is_possible(met):
                self._report("never-met", self._places[rule.id], f"no case meets the rule {rule.id}.")
            if self.space.is_possible(~met) == rule.always:
                told = (
                    "is marked 'always: true' and some case does not meet it" if rule.always else "is met by every case"
                )
                self._report("always-met", self._places[rule.id], f"the rule {rule.id} {told}.", ~met)
        return len(self._catalog.rules)

    def _conflicts(self) -> int:
        """Every set of facts that a profile is refused for is really impossible."""
        for conflict in self._catalog.conflicts:
            joint = self.space.possible
            for fact, values in conflict.cube:
                joint &= self.space.joined(self.space.case({fact: value}) for value in values)
            if self.space.is_possible(joint):
                self._report("possible-conflict", " + ".join(fact for fact, _ in conflict.cube), "is possible.", joint)
        return len(self._catalog.conflicts)

    def _together(self) -> int:
        """Rules of one source and option: one that another implies, or contradicts, needs a reason."""
        overlaps = self._reasons("overlaps")
        contradictions = self._reasons("contradictions")
        found = 0
        for rules in self._catalog.rules_of.values():
            for one, other in permutations(rules, 2):
                if one.source != other.source:
                    continue
                found += 1
                if one.stance == other.stance and self.space.implies(self._met[one.id], self._met[other.id]):
                    self._excused(one, other, overlaps, "implied-rule", "is met wherever", "is")
                elif (one.stance, other.stance) == (DESCRIBES, NOT_USED):
                    both = self._met[one.id] & self._met[other.id]
                    if self.space.is_possible(both):
                        self._excused(
                            one, other, contradictions, "contradiction", "describes where", "says not used", both
                        )
        for key, reasons in (("overlaps", overlaps), ("contradictions", contradictions)):
            for place, (rules_named, used) in reasons.items():
                if not used:
                    self._report("idle-reason", place, f"no two of {', '.join(rules_named)} need a reason under {key}.")
        return found

    def _reasons(self, key: str) -> dict[str, tuple[list[str], list[bool]]]:
        """The groups of rules that may hold together, by place, and whether they were needed."""
        found: dict[str, tuple[list[str], list[bool]]] = {}
        for loaded in self._pack.invariants:
            for index, row in enumerate(getattr(loaded.model, key)):
                place = loaded.place(key, index)
                for name in row.rules:
                    self._known_rule(name, place)
                found[place] = (row.rules, [])
        return found

    def _known_rule(self, name: str, place: str) -> None:
        if name not in self._catalog.rules:
            self._report("unknown-rule", place, f"there is no rule {name!r}.")

    def _excused(
        self, one: Rule, other: Rule, reasons: dict[str, tuple[list[str], list[bool]]], kind: str, *words: Any
    ) -> None:
        excused = False
        for named, used in reasons.values():
            if one.id in named and other.id in named:
                used.append(True)
                excused = True
        if not excused:
            link, verb, *shown = words
            message = f"{other.id} {link} {one.id} {verb}; say why in rules/invariants.yaml, or mend one of them."
            self._report(kind, self._places[other.id], message, *(shown or [self._met[one.id]]))

    def _reached(self) -> int:
        """Every option that has a describing rule is described in some case."""
        found = 0
        for name, rules in self._catalog.rules_of.items():
            describing = [self._met[rule.id] for rule in rules if rule.stance == DESCRIBES]
            found += bool(describing)
            if describing and not self.space.is_possible(self.space.joined(describing)):
                self._report("unreachable-option", name, "is described in no case.")
        return found

    def _used(self) -> int:
        """Every attribute, value and derivation matters to some rule, statement, note or other attribute."""
        catalog = self._catalog
        conditions = [rule.condition for rule in catalog.rules.values()]
        conditions += [reading.condition for reading in catalog.readings.values()]
        conditions += [note.when for note in catalog.notes.values()]
        conditions += [row.when for row in catalog.statements.values() if row.when]
        conditions += [side for row in catalog.constraints.values() for side in (row.given, row.then)]
        conditions += [row.applies_when for row in catalog.attributes.values() if row.applies_when]
        read = {fact for condition in conditions for fact in facts_read(condition)}
        named = {attribute_of(fact) for fact in read}
        named |= {row.from_regimens.regimens for row in catalog.attributes.values() if row.from_regimens}
        for index, attribute in enumerate(self._pack.profile.model.attributes):
            place = self._pack.profile.place("attributes", index)
            if attribute.id not in named:
                self._report("unused-attribute", place, f"nothing asks for {attribute.id!r}.")
            for value in attribute.values if attribute.kind == "list" else ():
                asked = f"{attribute.id}:{value.id}" in read or f"{attribute.id}>=1" in read
                if asked == (value.unasked is not None):
                    told = (
                        "is asked for, though it says why not"
                        if asked
                        else "is asked for by nothing; say why it is there (unasked)"
                    )
                    self._report("unused-value", place, f"{value.id!r} of {attribute.id} {told}.")
        stated = [row for row in catalog.constraints.values() if row.basis != "structure"]
        for row in stated:
            if not {attribute_of(fact) for fact in (*facts_read(row.given), *facts_read(row.then))} <= named:
                self._report("unused-derivation", row.id, "concludes what nothing asks for.")
        values = sum(len(attribute.values) for attribute in catalog.attributes.values())
        return len(catalog.attributes) + values + len(stated)

    # invariants

    def _invariants(self) -> int:
        found = 0
        for loaded in self._pack.invariants:
            resolver = Resolver(self._pack)
            for index, row in enumerate(loaded.model.invariants):
                found += 1
                self._invariant(row, loaded, index, resolver)
            self.problems += resolver.problems
        return found

    def _invariant(self, row: InvariantData, loaded: Loaded, index: int, resolver: Resolver) -> None:
        place, at = loaded.place("invariants", index), ("invariants", index)
        given = resolver.condition(row.given, loaded, *at, "given") if row.given else ALWAYS
        resolver.cites(row.cites, loaded, *at, "cites")
        for entry in row.exceptions:
            self._known_rule(entry.rule, place)
        rules = self._chosen(row, place)
        if resolver.problems or not rules:
            return
        among = self.space.diagram(given)
        match row.claims:
            case "never_described":
                self._never(row, rules, among, place)
            case "always_described":
                self._always(row, rules, among, place)
            case "unchanged_by":
                self._unchanged(row, rules, (among, among), place)
            case "kept_when":
                assert row.becomes is not None
                after = self.space.diagram(resolver.condition(row.becomes, loaded, *at, "becomes"))
                self._unchanged(row, rules, (among, after), place, only_lost=True)

    def _chosen(self, row: InvariantData, place: str) -> list[Rule]:
        """The describing rules that an invariant speaks of, without its exceptions."""
        catalog = self._catalog
        for names, valid in (
            (row.categories, catalog.categories),
            (row.options, catalog.options),
            (row.sources, catalog.sources),
        ):
            for name in names:
                if name not in valid:
                    self._report("unknown-name", place, f"{name!r} is not known.")
        excepted = {entry.rule for entry in row.exceptions}
        found = []
        for rule in catalog.rules.values():
            path = catalog.categories[catalog.options[rule.option].category].path
            wanted = (
                not (row.categories or row.options) or rule.option in row.options or set(row.categories) & set(path)
            )
            if rule.stance == DESCRIBES and wanted and (not row.sources or rule.source in row.sources):
                found.append(rule)
        for name in excepted.difference(rule.id for rule in found):
            self._report("idle-exception", place, f"{name} is not among the rules that {row.id} speaks of.")
        if not found:
            self._report("empty-invariant", place, f"no rule is among those that {row.id} speaks of.")
        return [rule for rule in found if rule.id not in excepted]

    def _broken(self, row: InvariantData, place: str, what: str, shown: Diagram) -> None:
        self._report("broken-invariant", place, f"{row.id} does not hold ({row.says}): {what}.", shown)

    def _never(self, row: InvariantData, rules: list[Rule], among: Diagram, place: str) -> None:
        for rule in rules:
            if self.space.is_possible(self._met[rule.id] & among):
                self._broken(row, place, f"{rule.id} is met", self._met[rule.id] & among)
        for entry in row.exceptions:
            if entry.rule in self._met and not self.space.is_possible(self._met[entry.rule] & among):
                self._report("idle-exception", place, f"{entry.rule} keeps {row.id}; it is no exception.")

    def _always(self, row: InvariantData, rules: list[Rule], among: Diagram, place: str) -> None:
        for option in dict.fromkeys(rule.option for rule in rules):
            described = self.space.joined(self._met[rule.id] for rule in rules if rule.option == option)
            if not self.space.implies(among, described):
                self._broken(row, place, f"{option} is not described", among & ~described)

    def _unchanged(
        self,
        row: InvariantData,
        rules: list[Rule],
        sides: tuple[Diagram, Diagram],
        place: str,
        *,
        only_lost: bool = False,
    ) -> None:
        """Cases that differ in these attributes alone, and in what follows from them, are answered alike."""
        facts = self._of(row.attributes)
        before, after = sides
        for rule in rules:
            met = self._met[rule.id]
            one, other = self.space.without(met & before, facts), self.space.without(~met & after, facts)
            if self.space.is_possible(one & other):
                self._broken(
                    row, place, f"{rule.id} is lost" if only_lost else f"{rule.id} changes", met & before & other
                )

    def _of(self, attributes: Iterable[str]) -> list[str]:
        """The facts of attributes, and those that are defined by them."""
        names = set(attributes)
        names |= {name for name, sources in self._catalog.definitions.items() if names.intersection(sources)}
        return [fact for fact in self._catalog.facts if attribute_of(fact) in names]
