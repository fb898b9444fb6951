"""What is proven of every possible case, by decision diagrams: of each rule, of rules together, and the invariants.

Nothing here is a sample. A finding comes with the facts on which it shows.
"""

from __future__ import annotations

from copy import copy
from itertools import combinations, permutations
from typing import TYPE_CHECKING, NamedTuple

from mbc_explorer.catalog import DESCRIBES, NOT_USED
from mbc_explorer.checks.findings import Findings
from mbc_explorer.checks.invariants import Invariants
from mbc_explorer.condition import ALWAYS, attributes_read, leaves, literal
from mbc_explorer.space import Space

if TYPE_CHECKING:
    from mbc_explorer.catalog import Catalog, Rule
    from mbc_explorer.condition import Condition
    from mbc_explorer.errors import Problem
    from mbc_explorer.loading import Pack
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
        self._found = Findings(self.space, catalog)

    def run(self) -> Proven:
        """Everything, in order."""
        counts = {
            "possible cases": self.space.count(self.space.diagram(ALWAYS)),
            "rules met and not met": self._each_rule(),
            "impossible sets of facts": self._conflicts(),
            "pairs of rules": self._together(),
            "options reached": self._reached(),
            "attributes, values and derivations used": self._used(),
            "invariants": Invariants(self._pack, self._catalog, self.space, self._met, self._found).check(),
        }
        return Proven(counts, self._found.problems)

    def on(self, catalog: Catalog, met: dict[str, Diagram], found: Findings) -> Prover:
        """The same prover for other rules: those of a catalog, with the cases that meet each of them."""
        other = copy(self)
        other._catalog, other._met, other._found = catalog, met, found
        return other

    def of_rules(self) -> None:
        """Prove what is proven of rules by themselves and of several together, invariants aside."""
        self._each_rule()
        self._together()
        self._reached()

    def _each_rule(self) -> int:
        """Every rule can be met; every rule but those marked so can be not met."""
        for rule in self._catalog.rules.values():
            met = self._met[rule.id]
            if not self.space.is_possible(met):
                self._found.report("never-met", self._places[rule.id], f"no case meets the rule {rule.id}.")
            if self.space.is_possible(~met) == rule.always:
                told = (
                    "is marked 'always: true' and some case does not meet it" if rule.always else "is met by every case"
                )
                self._found.report("always-met", self._places[rule.id], f"the rule {rule.id} {told}.", ~met)
        return len(self._catalog.rules)

    def _conflicts(self) -> int:
        """Every set of facts that a profile is refused for is really impossible."""
        for conflict in self._catalog.conflicts:
            joint = self.space.possible
            for fact, values in conflict.cube:
                joint &= self.space.joined(self.space.case({fact: value}) for value in values)
            if self.space.is_possible(joint):
                self._found.report(
                    "possible-conflict", " + ".join(fact for fact, _ in conflict.cube), "is possible.", joint
                )
        return len(self._catalog.conflicts)

    def _together(self) -> int:
        """Rules of one source: one that another of its option implies, or that contradicts it, needs a reason."""
        overlaps, contradictions = self._reasons("overlaps"), self._reasons("contradictions")
        pairs = [pair for rules in self._catalog.rules_of.values() for pair in permutations(rules, 2)]
        alike = [(one, other) for one, other in pairs if (one.source, one.stance) == (other.source, other.stance)]
        for one, other in alike:
            if self.space.implies(self._met[one.id], self._met[other.id]):
                told = f"{other.id} is met wherever {one.id} is"
                self._excused((one, other), overlaps, "implied-rule", told, self._met[one.id])
        opposed = self._opposed()
        for one, other in opposed:
            both = self._met[one.id] & self._met[other.id]
            if self.space.is_possible(both):
                told = f"{other.id} says not used where {one.id} describes"
                self._excused((one, other), contradictions, "contradiction", told, both)
        for key, reasons in (("overlaps", overlaps), ("contradictions", contradictions)):
            for place, (named, needed) in reasons.items():
                for name in named:
                    if name in self._catalog.rules and name not in needed:
                        self._found.report(
                            "idle-reason", place, f"{name} needs no reason under {key} with the rules here."
                        )
        return len(alike) + len(opposed)

    def _opposed(self) -> list[tuple[Rule, Rule]]:
        """Every rule that describes an option, with those by which its source says not used of it or of its class."""
        catalog, found = self._catalog, []
        for other in [rule for rule in catalog.rules.values() if rule.stance == NOT_USED]:
            for one in catalog.rules.values():
                under = (one.option, *catalog.categories[catalog.options[one.option].category].path)
                if (one.source, one.stance) == (other.source, DESCRIBES) and other.option in under:
                    found.append((one, other))
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
            self._found.report("unknown-rule", place, f"there is no rule {name!r}.")

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
            needed.update(ids)
        if not named:
            message = f"{told}; say why in rules/invariants.yaml, or mend one of them."
            self._found.report(kind, self._places[pair[1].id], message, shown)

    def _reached(self) -> int:
        """Every option has a rule, and one that has a describing rule is described in some case."""
        found = 0
        for name, rules in self._catalog.rules_of.items():
            if not rules:
                self._found.report("unused-option", name, "no rule speaks of it.")
            describing = [self._met[rule.id] for rule in rules if rule.stance == DESCRIBES]
            found += bool(describing)
            if describing and not self.space.is_possible(self.space.joined(describing)):
                self._found.report("unreachable-option", name, "is described in no case.")
        return found

    def _used(self) -> int:
        """Every attribute, value and derivation matters to some rule, statement, note or other attribute."""
        catalog, profile = self._catalog, self._pack.profile
        rows = list(catalog.constraints.values())
        derivations = {
            row.id: [c for c in rows if c.id == row.id or c.id.startswith(f"{row.id}.")]
            for row in profile.model.derivations
        }
        derived = {name: [side for c in own for side in (c.given, c.then)] for name, own in derivations.items()}
        tied = {name: {a for side in sides for a in attributes_read(side)} for name, sides in derived.items()}
        asked = self._asked()
        named = self._named(asked, list(tied.values()))
        for index, attribute in enumerate(profile.model.attributes):
            if attribute.id not in named:
                self._found.report(
                    "unused-attribute", profile.place("attributes", index), f"nothing asks for {attribute.id!r}."
                )
        self._values_used([*asked, *(side for sides in derived.values() for side in sides)])
        for index, (name, own) in enumerate(derivations.items()):
            if tied[name].isdisjoint(named) or self.space.follows([c.id for c in own]):
                place = profile.place("derivations", index)
                self._found.report("unused-derivation", place, f"{name!r} adds nothing to what is asked for.")
        values = sum(len(attribute.values) for attribute in catalog.attributes.values())
        return len(catalog.attributes) + values + len(derivations)

    def _asked(self) -> list[Condition]:
        """Every condition by which something is answered."""
        catalog = self._catalog
        return [
            *(rule.condition for rule in catalog.rules.values()),
            *(reading.condition for reading in catalog.readings.values()),
            *(note.when for note in catalog.notes.values()),
            *(row.when for row in catalog.statements.values() if row.when),
            *(row.applies_when for row in catalog.attributes.values() if row.applies_when),
        ]

    def _named(self, asked: list[Condition], tied: list[set[str]]) -> set[str]:
        """The attributes that some answer hangs on, directly or by way of others that a derivation ties to them."""
        named = {name for condition in asked for name in attributes_read(condition)}
        while True:
            histories = [self._catalog.attributes[name].from_regimens for name in named]
            more = {history.regimens for history in histories if history}
            more |= {name for some in tied if not some.isdisjoint(named) for name in some}
            if more <= named:
                return named
            named |= more

    def _values_used(self, conditions: list[Condition]) -> None:
        """Each item of a list is asked for, or says why not; any two values of a choice are told apart."""
        asked = [literal(leaf) for condition in conditions for leaf in leaves(condition)]
        read = {fact for fact, _ in asked}
        for index, attribute in enumerate(self._pack.profile.model.attributes):
            place = self._pack.profile.place("attributes", index)
            names = [value.id for value in attribute.values]
            for one, other in combinations(names, 2) if attribute.kind == "choice" and attribute.id in read else ():
                if all((one in values) == (other in values) for fact, values in asked if fact == attribute.id):
                    told = f"nothing tells {one!r} of {attribute.id} from {other!r}."
                    self._found.report("unused-value", place, told)
            for value in attribute.values if attribute.kind == "list" else ():
                is_asked = f"{attribute.id}:{value.id}" in read or f"{attribute.id}>=1" in read
                if is_asked == (value.unasked is not None):
                    told = (
                        "is asked for, though it says why not"
                        if is_asked
                        else "is asked for by nothing; say why it is there (unasked)"
                    )
                    self._found.report("unused-value", place, f"{value.id!r} of {attribute.id} {told}.")
