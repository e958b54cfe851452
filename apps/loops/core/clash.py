"""Why no plan is possible: an irreducible set of rules that cannot hold together (deletion filter).

Deletion filter: Chinneck & Dravnieks 1991 (ORSA Journal on Computing 3). A rule is dropped for good if what is left
is still infeasible; whatever survives one pass is irreducible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from .assemble import Budget, IntegerModel, Outcome, rows_of
from .problem import Problem, RuleRef
from .rules import Layout, Rule


@dataclass(frozen=True)
class Clash:
    """Rules that cannot hold together. `irreducible`: dropping any one of them resolves this clash."""

    rules: tuple[RuleRef, ...]
    irreducible: bool


def find_clash(problem: Problem, rules: Sequence[Rule], budget: Budget, seed: int) -> Clash:
    """Filters `rules`, which must be infeasible together: whole names first, then rule by rule, earlier ones first.

    When the budget runs out before a rule could be tried, the rule is kept and the clash may be reducible.
    """
    kept = list(rules)
    certain = True
    for _, group in groupby(rules, key=lambda rule: rule.name):
        smaller = _without(kept, list(group))
        if len(smaller) < len(kept) and _outcome(problem, smaller, budget, seed) is Outcome.NONE:
            kept = smaller
    for rule in tuple(kept):
        smaller = _without(kept, [rule])
        outcome = _outcome(problem, smaller, budget, seed)
        if outcome is Outcome.NONE:
            kept = smaller
        elif outcome is Outcome.CUT_SHORT:
            certain = False
    return Clash(tuple(rule.ref for rule in kept), certain)


def _without(rules: Sequence[Rule], dropped: Sequence[Rule]) -> list[Rule]:
    return [rule for rule in rules if not any(rule is other for other in dropped)]


def _outcome(problem: Problem, rules: Sequence[Rule], budget: Budget, seed: int) -> Outcome:
    layout = Layout(problem)
    rows = rows_of(layout, rules)
    return IntegerModel(layout, rows).search(budget, seed).outcome
