"""`python manage.py show_plan PLAN`: a loop plan in the terminal, stations, minutes, coverage and cost."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.loops.models import LoopPlan
from apps.loops.translate import PlanPage, plan_page

NAME_WIDTH = 34
COLUMN_WIDTH = 6


class Command(BaseCommand):
    help = "Print a loop plan: its stations in order, coverage competency x station, and what it costs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", type=int, help="the plan's number in its address")

    def handle(self, *, plan: int, **options: Any) -> None:
        found = LoopPlan.objects.select_related("role", "created_by").filter(pk=plan).first()
        if found is None:
            raise CommandError(f"There is no plan {plan}.")
        page = plan_page(plan=found, user=found.created_by, today=timezone.localdate())
        self.stdout.write("\n".join(_lines(page)))


def _lines(page: PlanPage) -> list[str]:
    plan = page.plan
    lines = ["", f"{plan.role.title}: loop plan {plan.number} ({plan.get_state_display()})", ""]
    for number, column in enumerate(page.columns, start=1):
        version = column.plan_station.version
        kind = version.station.get_kind_display()
        lines.append(
            f"  {number}. {version.name:<46.46} {kind:<16} {version.minutes:>4} min  {column.freshness:>4.0%} fresh"
        )
    lines += ["", "Coverage: reliability of one rating per station, of all together, independent signals", ""]
    heading = " " * NAME_WIDTH + "".join(f"{number:>{COLUMN_WIDTH}}" for number in range(1, len(page.columns) + 1))
    lines.append(f"  {heading}{'all':>8}{'signals':>10}")
    for row in page.rows:
        name = row.requirement.competency.name + (" *" if row.requirement.must_pass else "")
        cells = "".join(
            f"{'·' if cell.reliability is None else format(cell.reliability, '.2f'):>{COLUMN_WIDTH}}"
            for cell in row.cells
        )
        short = "  short" if row.is_short else ""
        signals = f"{row.signals}/{row.requirement.min_signals}"
        lines.append(f"  {name:<{NAME_WIDTH}}{cells}{row.reliability:>8.2f}{signals:>10}{short}")
    measured = sum(not row.is_gap for row in page.rows)
    proof = {"optimal": "no other choice from the library does better", "feasible": "best found in the time given"}
    lines += [
        "",
        f"  * must pass. {measured} of {len(page.rows)} competencies measured; "
        f"{page.ai_craft_count} AI craft station{'' if page.ai_craft_count == 1 else 's'}.",
        f"  Costs per candidate: {page.candidate_minutes} candidate minutes (limit {plan.candidate_minutes}), "
        f"{page.interviewer_minutes / 60:.1f} interviewer hours (limit {plan.interviewer_minutes / 60:.1f}).",
        f"  Explains {page.explained:.0%} of what the role needs; expected validity {page.expected_validity:.2f}; "
        f"{proof.get(plan.proof, 'changed by hand')}.",
        "",
    ]
    return lines
