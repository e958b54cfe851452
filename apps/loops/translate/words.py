"""Rules the planner names by id, with the names people know. How a rule is said is the template's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from apps.library.models import Competency, Station
from apps.loops.core.check import Violation
from apps.loops.core.information import reliability
from apps.loops.core.problem import RuleName
from apps.loops.core.result import PlanResult


@dataclass(frozen=True)
class RuleLine:
    """One rule: its name and what it is about, as people call it ("" for the whole loop).

    limit: what it demands or allows, in its unit (targets as reliabilities); None for one without a number or where
    the number is not known.
    """

    rule: str
    subject: str
    limit: float | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class ViolationLine(RuleLine):
    """A broken rule: what the plan has and what the rule demands, in its unit (targets as reliabilities)."""

    actual: float
    limit: float = field(kw_only=True)

    @property
    def over(self) -> float:
        return self.actual - self.limit


def clash_lines(result: PlanResult) -> list[RuleLine]:
    """The rules that cannot hold together, with their numbers."""
    names = dict(Competency.objects.order_by("pk").values_list("slug", "name"))
    names |= {
        slug: name
        for slug, name in Station.objects.order_by("pk").values_list("slug", "current__name")
        if name is not None
    }
    names |= dict(Station.Kind.choices)
    return [
        RuleLine(
            rule=rule.name.value,
            subject=names.get(rule.subject, rule.subject),
            limit=result.clash_limits.get(rule),
        )
        for rule in result.clash
    ]


def written_hours(minutes: float) -> str:
    """Minutes as hours with as many decimals as it takes, two at most: 4, 4.25. It rounds back to the same minute."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


def noticeable(found: Iterable[Violation]) -> tuple[Violation, ...]:
    """Without targets that are missed by less than is printed: a plan made to reach .45 ages to .4497 within days."""
    return tuple(
        violation
        for violation in found
        if violation.rule is not RuleName.TARGET_RELIABILITY
        or round(reliability(violation.actual), 2) < round(reliability(violation.limit), 2)
    )


def violation_lines(found: Iterable[Violation], names: Mapping[str, str]) -> tuple[ViolationLine, ...]:
    """Every rule a plan breaks; `names` has those of the plan's stations and the role's competencies by slug."""
    return tuple(
        ViolationLine(
            rule=violation.rule.value,
            subject=names.get(violation.subject, violation.subject),
            actual=reliability(violation.actual) if violation.rule is RuleName.TARGET_RELIABILITY else violation.actual,
            limit=reliability(violation.limit) if violation.rule is RuleName.TARGET_RELIABILITY else violation.limit,
        )
        for violation in found
    )
