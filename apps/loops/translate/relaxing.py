"""Ways out of an impossible request, with the names people know and the form fields that apply them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from apps.library.models import Competency, Station
from apps.loops.core.problem import RuleName
from apps.loops.core.result import Change, PlanResult
from apps.loops.translate.problem import AI_CRAFT
from apps.loops.translate.words import RuleLine

#: Rules of the whole loop -> the field of the form of limits, and how its value is written there.
LIMIT_FIELDS: Mapping[RuleName, tuple[str, Callable[[float], str]]] = {
    RuleName.CANDIDATE_MINUTES: ("candidate_minutes", lambda new: f"{new:.0f}"),
    RuleName.DAY_MINUTES: ("day_minutes", lambda new: f"{new:.0f}"),
    RuleName.INTERVIEWER_MINUTES: ("interviewer_hours", lambda new: f"{new / 60:.2f}"),
    RuleName.MAX_STATIONS: ("max_stations", lambda new: f"{new:.0f}"),
    RuleName.COMPETENCIES_PER_STATION: ("max_competencies", lambda new: f"{new:.0f}"),
}


@dataclass(frozen=True)
class ChangeLine(RuleLine):
    """One rule made looser, from `old` to `new` in its unit.

    `limit`: the limit of the loop it is, as (field, value) of the form of limits, None for anything else.
    `need`: the same for what the role requires, as a field of the what-if page.
    """

    old: float
    new: float
    limit: tuple[str, str] | None
    need: tuple[str, str] | None


@dataclass(frozen=True)
class RelaxationLine:
    """Changes that together make a loop possible."""

    changes: tuple[ChangeLine, ...]

    @property
    def limits(self) -> dict[str, str]:
        """Fields of the form of limits that apply it; empty where it takes more than limits."""
        fields = [change.limit for change in self.changes if change.limit is not None]
        return dict(fields) if len(fields) == len(self.changes) else {}

    @property
    def query(self) -> str:
        """The same as a pressed button says it."""
        return urlencode(self.limits)

    @property
    def numbers(self) -> dict[str, str]:
        """Fields of the what-if page that apply it; empty where it takes more."""
        fields = [change.limit or change.need for change in self.changes]
        return dict(field for field in fields if field is not None) if None not in fields else {}


def relaxation_lines(result: PlanResult) -> tuple[RelaxationLine, ...]:
    """The cheapest first."""
    if not result.relaxations:
        return ()
    names = dict(Competency.objects.order_by("pk").values_list("slug", "name"))
    stations = Station.objects.filter(current__isnull=False).order_by("pk").values_list("slug", "current__name")
    names |= {slug: name for slug, name in stations if name is not None}
    names |= dict(Station.Kind.choices)
    return tuple(
        RelaxationLine(tuple(_line(change, names) for change in relaxation.changes))
        for relaxation in result.relaxations
    )


def _line(change: Change, names: Mapping[str, str]) -> ChangeLine:
    subject = change.rule.subject
    return ChangeLine(
        rule=change.rule.name.value,
        subject=names.get(subject, subject),
        old=change.old,
        new=change.new,
        limit=_limit_field(change),
        need=_need_field(change),
    )


def _limit_field(change: Change) -> tuple[str, str] | None:
    rule, kind = change.rule.name, change.rule.subject
    if rule in LIMIT_FIELDS:
        name, written = LIMIT_FIELDS[rule]
        return name, written(change.new)
    if rule is RuleName.REQUIRED_KIND:
        return ("min_ai_craft" if kind == AI_CRAFT else f"kind_{kind}_least"), f"{change.new:.0f}"
    if rule is RuleName.MAX_PER_KIND:
        return f"kind_{kind}_most", f"{change.new:.0f}"
    if rule is RuleName.KIND_SHARE and kind == AI_CRAFT:
        return "ai_craft_share", f"{int(100 * change.new)}"
    return None


def _need_field(change: Change) -> tuple[str, str] | None:
    if change.rule.name is RuleName.MIN_SIGNALS:
        return f"signals_{change.rule.subject}", f"{change.new:.0f}"
    if change.rule.name is RuleName.TARGET_RELIABILITY:
        return f"target_{change.rule.subject}", f"{change.new:.2f}"
    return None
