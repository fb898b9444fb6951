"""What is proven of every possible case, by decision diagrams: of each rule, of rules together, and the invariants.

Nothing here is a sample. A finding comes with the facts on which it shows.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any, NamedTuple

from mbc_explorer.catalog import DESCRIBES, NOT_USED
from mbc_explorer.condition import ALWAYS, attribute_of, facts_read, leaves, literal
from mbc_explorer.errors import Problem
from mbc_explorer.explain import fact_text
from mbc_explorer.loading import Resolver
from mbc_explorer.space import Space

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mbc_explorer.catalog import Catalog, Rule
    from mbc_explorer.condition import Condition
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
        told = f" For instance: {self._texts(facts)}." if facts else ""
        self.problems.append(Problem(kind, where, message + told))

    def _texts(self, facts: dict[str, str]) -> str:
        return "; ".join(fact_text(fact, [value], self._catalog) for fact, value in facts.items())

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
                    told = f"{other.id} is met wherever {one.id} is"
                    self._excused((one, other), overlaps, "implied-rule", told, self._met[one.id])
                elif (one.stance, other.stance) == (DESCRIBES, NOT_USED):
                    both = self._met[one.id] & self._met[other.id]
                    if self.space.is_possible(both):
                        told = f"{other.id} says not used where {one.id} describes"
                        self._excused((one, other), contradictions, "contradiction", told, both)
        for key, reasons in (("overlaps", overlaps), ("contradictions", contradictions)):
            for place, (named, needed) in reasons.items():
                for name in named:
                    if name in self._catalog.rules and name not in needed:
                        self._report("idle-reason", place, f"{name} needs no reason under {key} with the rules here.")
        return found

    def _reasons(self, key: str) -> dict[str, tuple[list[str], set[str]]]:
        """The groups of rules that may hold together, by place, and those that were found to need it."""
        found: dict[str, tuple[list[str], set[str]]] = {}
        for loaded in self._pack.invariants:
            for index, row in enumerate(getattr(loaded.model, key)):
                place = loaded.place(key, index)
                for name in row.rules:
                    self._known_rule(name, place)
                found[place] = (row.rules, set())
        return found

    def _known_rule(self, name: str, place: str) -> None:
        if name not in self._catalog.rules:
            self._report("unknown-rule", place, f"there is no rule {name!r}.")

    def _excused(
        self,
        pair: tuple[Rule, Rule],
        reasons: dict[str, tuple[list[str], set[str]]],
        kind: str,
        told: str,
        shown: Diagram,
    ) -> None:
        """Report two rules unless a reason names both."""
        ids = {rule.id for rule in pair}
        named = [needed for names, needed in reasons.values() if ids <= set(names)]
        for needed in named:
            needed |= ids
        if not named:
            message = f"{told}; say why in rules/invariants.yaml, or mend one of them."
            self._report(kind, self._places[pair[1].id], message, shown)

    def _reached(self) -> int:
        """Every option has a rule, and one that has a describing rule is described in some case."""
        found = 0
        for name, rules in self._catalog.rules_of.items():
            if not rules:
                self._report("unused-option", name, "no rule speaks of it.")
            describing = [self._met[rule.id] for rule in rules if rule.stance == DESCRIBES]
            found += bool(describing)
            if describing and not self.space.is_possible(self.space.joined(describing)):
                self._report("unreachable-option", name, "is described in no case.")
        return found

    def _used(self) -> int:
        """Every attribute, value and derivation matters to some rule, statement, note or other attribute."""
        catalog, profile = self._catalog, self._pack.profile
        derivations = {
            row.id: [c for c in catalog.constraints.values() if c.id == row.id or c.id.startswith(f"{row.id}.")]
            for row in profile.model.derivations
        }
        derived = [side for rows in derivations.values() for c in rows for side in (c.given, c.then)]
        conditions = [*self._asking(), *derived]
        read = {fact for condition in conditions for fact in facts_read(condition)}
        named = self._named({name: [*map(attribute_of, _facts(rows))] for name, rows in derivations.items()})
        for index, attribute in enumerate(profile.model.attributes):
            place = profile.place("attributes", index)
            if attribute.id not in named:
                self._report("unused-attribute", place, f"nothing asks for {attribute.id!r}.")
            elif attribute.kind == "choice":
                asked = [values for c in conditions for leaf in leaves(c) for fact, values in [literal(leaf)] if fact == attribute.id]
                for one, other in combinations([value.id for value in attribute.values], 2):
                    if all((one in values) == (other in values) for values in asked):
                        self._report("unused-value", place, f"nothing tells {one!r} of {attribute.id} from {other!r}.")
            for value in attribute.values if attribute.kind == "list" else ():
                is_asked = f"{attribute.id}:{value.id}" in read or f"{attribute.id}>=1" in read
                if is_asked == (value.unasked is not None):
                    told = (
                        "is asked for, though it says why not"
                        if is_asked
                        else "is asked for by nothing; say why it is there (unasked)"
                    )
                    self._report("unused-value", place, f"{value.id!r} of {attribute.id} {told}.")
        for index, (name, rows) in enumerate(derivations.items()):
            others = [c for c in catalog.constraints.values() if c not in rows]
            if not named.intersection(map(attribute_of, _facts(rows))) or self.space.follows(rows, others):
                place = profile.place("derivations", index)
                self._report("unused-derivation", place, f"{name!r} says nothing that matters and is not said already.")
        values = sum(len(attribute.values) for attribute in catalog.attributes.values())
        return len(catalog.attributes) + values + len(derivations)

    def _asking(self) -> list[Condition]:
        """Every condition by which something is answered."""
        catalog = self._catalog
        return [
            *(rule.condition for rule in catalog.rules.values()),
            *(reading.condition for reading in catalog.readings.values()),
            *(note.when for note in catalog.notes.values()),
            *(row.when for row in catalog.statements.values() if row.when),
            *(row.applies_when for row in catalog.attributes.values() if row.applies_when),
        ]

    def _named(self, derivations: dict[str, list[str]]) -> set[str]:
        """The attributes that some answer hangs on, directly or by way of others."""
        named = {attribute_of(fact) for condition in self._asking() for fact in facts_read(condition)}
        while True:
            more = {name for tied in derivations.values() if named.intersection(tied) for name in tied}
            taken = [row.from_regimens for name, row in self._catalog.attributes.items() if name in named]
            more |= {row.regimens for row in taken if row}
            if more <= named:
                return named
            named |= more

    # invariants

    def _invariants(self) -> int:
        found = 0
        for loaded in self._pack.invariants:
            resolver = Resolver(self._pack)
            rows = [(row.id, loaded.place("invariants", i)) for i, row in enumerate(loaded.model.invariants)]
            resolver.unique(rows, "invariant")
            for index, row in enumerate(loaded.model.invariants):
                found += 1
                self._invariant(row, loaded, index, resolver)
            self.problems += resolver.problems
        return found

    def _invariant(self, row: InvariantData, loaded: Loaded, index: int, resolver: Resolver) -> None:
        at = ("invariants", index)
        place, wrong = loaded.place(*at), len(self.problems) + len(resolver.problems)
        sides = [
            resolver.condition(data, loaded, *at, key) if data else ALWAYS
            for key, data in (("given", row.given), ("becomes", row.becomes))
        ]
        resolver.cites(row.cites, loaded, *at, "cites")
        for number, entry in enumerate(row.exceptions):
            self._known_rule(entry.rule, place)
            resolver.cites(entry.cites, loaded, *at, "except", number, "cites")
        chosen, excepted = self._chosen(row, place)
        if len(self.problems) + len(resolver.problems) == wrong:
            for fact in [fact for side in sides for fact in facts_read(side) if fact not in self._catalog.facts]:
                self._report("unread-fact", place, f"{fact} is asked for by no rule, so that it is no fact of a case.")
        if len(self.problems) + len(resolver.problems) > wrong:
            return
        among, after = map(self.space.diagram, sides)
        if not self.space.is_possible(among):
            self._report("idle-invariant", place, f"{row.id} is of no case.")
        match row.claims:
            case "never_described":
                for rule in chosen:
                    if self.space.is_possible(self._met[rule.id] & among):
                        self._broken(row, place, f"{rule.id} is met", self._met[rule.id] & among)
                idle = [rule for rule in excepted if not self.space.is_possible(self._met[rule.id] & among)]
            case "always_described":
                for option, described in self._judged(row, chosen).items():
                    if not self.space.implies(among, described):
                        self._broken(row, place, f"{option} is not described", among & ~described)
                idle = []
            case _:
                compared = _Compared(self.space, self._of(row.attributes), row.claims == "kept_with_more")
                pair = (among, after if row.becomes else among)
                self._alike(row, self._judged(row, chosen), compared, pair, place)
                idle = [rule for rule in excepted if not self.space.is_possible(compared.lost(self._met[rule.id], pair))]
        for rule in idle:
            self._report("idle-exception", place, f"{rule.id} keeps {row.id}; it is no exception.")

    def _chosen(self, row: InvariantData, place: str) -> tuple[list[Rule], list[Rule]]:
        """The rules that an invariant speaks of, and those of them that it excepts."""
        catalog = self._catalog
        for names, valid in (
            (row.categories, catalog.categories),
            (row.options, catalog.options),
            (row.sources, catalog.sources),
            ([*row.asking, *row.attributes], catalog.attributes),
        ):
            for name in names:
                if name not in valid:
                    self._report("unknown-name", place, f"{name!r} is not known{suggestion(name, valid)}")
        found = [rule for rule in catalog.rules.values() if self._speaks_of(row, rule)]
        excepted = [entry.rule for entry in row.exceptions]
        for name in set(excepted).difference(rule.id for rule in found):
            self._report("idle-exception", place, f"{name} is not among the rules that {row.id} speaks of.")
        chosen = [rule for rule in found if rule.id not in excepted]
        if not chosen:
            self._report("empty-invariant", place, f"no rule is among those that {row.id} speaks of.")
        return chosen, [rule for rule in found if rule.id in excepted]

    def _speaks_of(self, row: InvariantData, rule: Rule) -> bool:
        path = self._catalog.categories[self._catalog.options[rule.option].category].path
        return (
            rule.stance == row.stance
            and (not (row.categories or row.options) or rule.option in row.options or bool({*row.categories} & {*path}))
            and (not row.sources or rule.source in row.sources)
            and (not row.asking or not {*row.asking}.isdisjoint(attributes_read(rule.condition)))
        )

    def _judged(self, row: InvariantData, rules: list[Rule]) -> dict[str, Diagram]:
        """What is judged by itself, each rule or each option, and the cases in which it is described."""
        if row.claims != "always_described" and row.each == "rule":
            return {rule.id: self._met[rule.id] for rule in rules}
        return {
            option: self.space.joined(self._met[rule.id] for rule in rules if rule.option == option)
            for option in dict.fromkeys(rule.option for rule in rules)
        }

    def _broken(self, row: InvariantData, place: str, what: str, shown: Diagram) -> None:
        self._report("broken-invariant", place, f"{row.id} does not hold ({row.says}): {what}.", shown)

    def _alike(
        self,
        row: InvariantData,
        judged: dict[str, Diagram],
        compared: _Compared,
        pair: tuple[Diagram, Diagram],
        place: str,
    ) -> None:
        """Cases that differ in some attributes alone, and in what follows from them, are answered alike."""
        for name in row.attributes:
            if not any(self.space.is_possible(d) for d in compared.differing(self._facts_of([name]), pair)):
                self._report("idle-attribute", place, f"{name!r} never differs in what {row.id} compares.")
        if not any(self.space.is_possible(met & pair[0]) for met in judged.values()):
            self._report("idle-invariant", place, f"nothing that {row.id} speaks of is described where it compares.")
        for name, met in judged.items():
            lost = compared.lost(met, pair)
            if self.space.is_possible(lost):
                few, before, after = compared.shown(lost, met & pair[0])
                word = "changes" if row.claims == "unchanged_by" else "is lost"
                told = f"{name} {word}. For instance: {self._texts(few)} (met before, with {self._texts(before)}; not then, with {self._texts(after)})."
                self._report("broken-invariant", place, f"{row.id} does not hold ({row.says}): {told}")

    def _of(self, attributes: Iterable[str]) -> list[str]:
        """The facts of attributes, and those that are defined by them."""
        names = set(attributes)
        names |= {name for name, sources in self._catalog.definitions.items() if names.intersection(sources)}
        return self._facts_of(names)

    def _facts_of(self, attributes: Iterable[str]) -> list[str]:
        names = set(attributes)
        return [fact for fact in self._catalog.facts if attribute_of(fact) in names]
