"""Ways out of an impossible request, with the names people know and the form fields that apply them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from apps.library.models import Competency, Station
from apps.loops.core.problem import RuleName, RuleRef
from apps.loops.core.result import Change, PlanResult, Relaxation
from apps.loops.core.what_if import AI_CRAFT
from apps.loops.translate.words import RuleLine, written_hours

#: Rules of the whole loop -> the field of the form of limits, and how its value is written there.
LIMIT_FIELDS: Mapping[RuleName, tuple[str, Callable[[float], str]]] = {
    RuleName.CANDIDATE_MINUTES: ("candidate_minutes", lambda new: f"{new:.0f}"),
    RuleName.DAY_MINUTES: ("day_minutes", lambda new: f"{new:.0f}"),
    RuleName.INTERVIEWER_MINUTES: ("interviewer_hours", written_hours),
    RuleName.MAX_STATIONS: ("max_stations", lambda new: f"{new:.0f}"),
    RuleName.COMPETENCIES_PER_STATION: ("max_competencies", lambda new: f"{new:.0f}"),
}


@dataclass(frozen=True)
class ChangeLine(RuleLine):
    """One rule made looser, from `old` to `new` in its unit.

    `limit_field`: the limit of the loop it is, as (field, value) of the form of limits, None for anything else.
    `need_field`: the same for what the role requires, as a field of the what-if page.
    """

    old: float
    new: float
    limit_field: tuple[str, str] | None
    need_field: tuple[str, str] | None


@dataclass(frozen=True)
class RelaxationLine:
    """Changes that together make a loop possible."""

    changes: tuple[ChangeLine, ...]

    @property
    def limits(self) -> dict[str, str]:
        """Fields of the form of limits that apply it; empty where it takes more than limits."""
        fields = [change.limit_field for change in self.changes if change.limit_field is not None]
        return dict(fields) if len(fields) == len(self.changes) else {}

    @property
    def query(self) -> str:
        """The same as a pressed button says it."""
        return urlencode(self.limits)

    @property
    def numbers(self) -> dict[str, str]:
        """Fields of the what-if page that apply it; empty where it takes more."""
        fields = [change.limit_field or change.need_field for change in self.changes]
        return dict(field for field in fields if field is not None) if None not in fields else {}


def relaxation_lines(result: PlanResult, *, needs_ai_craft: bool) -> tuple[RelaxationLine, ...]:
    """The cheapest first, without those a role that needs an AI craft station cannot take."""
    ways = [way for way in result.relaxations if not (needs_ai_craft and _gives_up_ai_craft(way))]
    if not ways:
        return ()
    names = dict(Competency.objects.order_by("pk").values_list("slug", "name"))
    stations = Station.objects.filter(current__isnull=False).order_by("pk").values_list("slug", "current__name")
    names |= {slug: name for slug, name in stations if name is not None}
    names |= dict(Station.Kind.choices)
    return tuple(RelaxationLine(tuple(_line(change, names) for change in relaxation.changes)) for relaxation in ways)


def _gives_up_ai_craft(relaxation: Relaxation) -> bool:
    none = RuleRef(RuleName.REQUIRED_KIND, AI_CRAFT)
    return any(change.rule == none and change.new < 1 for change in relaxation.changes)


def _line(change: Change, names: Mapping[str, str]) -> ChangeLine:
    subject = change.rule.subject
    return ChangeLine(
        rule=change.rule.name.value,
        subject=names.get(subject, subject),
        old=change.old,
        new=change.new,
        limit_field=_limit_field(change),
        need_field=_need_field(change),
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
