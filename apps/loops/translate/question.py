"""A plan as a question to today's library. Never stored."""

import datetime as dt
from dataclasses import replace

from apps.loops import queries
from apps.loops.core.problem import Problem
from apps.loops.models import LoopPlan
from apps.loops.translate.page import options_of
from apps.loops.translate.problem import limits_of, planning_problem


def question_of(plan: LoopPlan, *, today: dt.date, as_it_is: bool = False) -> Problem | None:
    """What a plan answers, asked of today's library: its limits, pins and exclusions. None without requirements.

    The plan's own stations are always among the options: as the library has them today where it still uses them; with
    `as_it_is` in the versions, and with what they assess, as in the plan.
    """
    requirements = queries.requirements_of(plan.role)
    if not requirements:
        return None
    plan = LoopPlan.objects.with_stations().prefetch_related("excluded", "plan_stations__assessed").get(pk=plan.pk)
    plan_stations = list(plan.plan_stations.all())
    problem = planning_problem(
        requirements=requirements,
        limits=limits_of(plan),
        pinned=[ps.version.station.slug for ps in plan_stations if ps.pinned],
        excluded=[station.slug for station in plan.excluded.all()],
        today=today,
    )
    needed = frozenset(requirement.competency.slug for requirement in requirements)
    own = {option.id: option for option in options_of(plan_stations, needed=needed, today=today)}
    library = {option.id: option for option in problem.stations}
    return replace(problem, stations=tuple((library | own if as_it_is else own | library).values()))
