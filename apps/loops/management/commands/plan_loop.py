"""`manage.py plan_loop --problem FILE` or `--role SLUG`: the best loop for a question, with its proof and its reasons.

A problem file needs no database; its format and the answer's are in docs/planning.md. Nothing is stored.
"""

import datetime as dt
import html
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.loader import render_to_string
from django.utils import timezone

from apps.library.models import Competency, RolePreset, Station
from apps.loops import queries, translate
from apps.loops.core.document import MOST_CHARACTERS, DocumentRefused, answer, read_problem, write_problem
from apps.loops.core.inputs import PlanLimits
from apps.loops.core.problem import Problem
from apps.loops.core.result import PlanResult
from apps.loops.core.solve import solve
from apps.loops.management.roles import role_named

LONGEST_SECONDS = 3600.0


@dataclass(frozen=True)
class Question:
    """A problem with a title, its day, and the names of what it names by id."""

    title: str
    problem: Problem
    today: dt.date
    names: Mapping[str, str]

    def name(self, subject: str) -> str:
        return self.names.get(subject, subject)


class Command(BaseCommand):
    help = "Plan the best loop for a problem file (no database needed) or for a role, and say why it is the best."
    requires_system_checks: list[str] = []  # a problem file is answered on a machine without a database

    def add_arguments(self, parser: CommandParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--problem", metavar="FILE", help="a problem as JSON, see docs/planning.md; - reads it")
        source.add_argument("--role", metavar="SLUG", help="the role's or the role preset's name in its address")
        parser.add_argument("--json", action="store_true", help="for other programs; see docs/planning.md")
        parser.add_argument("--why", action="store_true", help="what each station adds, and why others are left out")
        parser.add_argument("--write-problem", action="store_true", help="print the question as a problem file instead")
        parser.add_argument("--time-limit", type=float, default=10.0, metavar="SECONDS", help="default 10")
        parser.add_argument("--seed", type=int, default=0, help="default 0; the same seed gives the same plan")

    def handle(
        self, *, problem: str | None, role: str | None, time_limit: float, seed: int, why: bool, **options: Any
    ) -> None:
        if not 0 < time_limit <= LONGEST_SECONDS:
            raise CommandError(f"--time-limit is a number of seconds above 0, at most {LONGEST_SECONDS:.0f}.")
        if not 0 <= seed < 2**31:
            raise CommandError("--seed is a whole number from 0 to 2147483647.")
        question = _from_file(problem) if problem is not None else _from_role(role or "")
        if options["write_problem"]:
            document = write_problem(question.problem, question.today)
            self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
            return
        result = solve(question.problem, time_limit_seconds=time_limit, seed=seed)
        found = answer(question.problem, result, why=why)
        _say(found, question)
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))
        else:
            self.stdout.write("\n".join(_lines(found, result, question)))


def _from_file(name: str) -> Question:
    try:
        if name == "-":
            name, text = "standard input", sys.stdin.read(MOST_CHARACTERS + 1)
        else:
            with Path(name).open(encoding="utf-8-sig") as file:
                text = file.read(MOST_CHARACTERS + 1)
    except OSError as error:
        raise CommandError(f"{name} cannot be read ({error.strerror}).") from error
    except (UnicodeDecodeError, ValueError) as error:  # not UTF-8, or a name no file can have
        raise CommandError(f"{name[:200]} cannot be read as UTF-8 text.") from error
    try:
        document = read_problem(text.removeprefix("\ufeff"))
        today = document.today or timezone.localdate()
        return Question(name, document.problem(today), today, {})
    except DocumentRefused as refused:
        raise CommandError("\n  ".join([f"{name} is not a problem to plan for:", *refused.problems])) from refused


def _from_role(slug: str) -> Question:
    found = role_named(slug)
    requirements: list[Any]
    if isinstance(found, RolePreset):
        title = f"{found.title} (preset)"
        requirements = list(found.requirements.select_related("competency").order_by("pk"))
        limits = PlanLimits(found.candidate_minutes, found.interviewer_minutes, found.min_ai_craft)
    else:
        title, requirements, limits = found.title, queries.requirements_of(found), translate.limits_of(found)
    if not requirements:
        raise CommandError(f"The role “{found.title}” requires nothing yet. Name its competencies first.")
    problem = translate.planning_problem(requirements=requirements, limits=limits, today=timezone.localdate())
    names = dict(Competency.objects.order_by("pk").values_list("slug", "name"))
    names |= {
        slug: name
        for slug, name in Station.objects.order_by("pk").values_list("slug", "current__name")
        if name is not None
    }
    return Question(title, problem, timezone.localdate(), names | dict(Station.Kind.choices))


def _say(found: dict[str, Any], question: Question) -> None:
    """Adds to every rule and way out how it is said in words."""

    def line(rule: dict[str, Any]) -> dict[str, Any]:
        return {**rule, "subject": question.name(rule["subject"])}

    def in_words(rule: dict[str, Any]) -> str:
        return _text("loops/_rule.html", {"line": line(rule)})

    for rule in found["clash"]:
        rule["text"] = in_words(rule)
    for way in found["relaxations"]:
        said = {"changes": [line(change) for change in way["changes"]]}
        way["text"] = _text("loops/_relaxation.html", {"way": said})
    for part in (*found.get("contributions", ()), *found.get("left_out", ())):
        for rule in part["breaks"]:
            rule["text"] = in_words(rule)


def _text(template: str, context: dict[str, Any]) -> str:
    """What a page would say, for a terminal."""
    return html.unescape(render_to_string(template, context)).strip()


def _lines(found: dict[str, Any], result: PlanResult, question: Question) -> list[str]:
    lines = ["", question.title, ""]
    if found["clash"]:
        lines += ["No loop keeps every rule. These cannot hold together:"]
        lines += [f"  - {rule['text']}" for rule in found["clash"]]
        if found["relaxations"]:
            lines += ["", "Any one of these makes a loop possible:"]
            lines += [f"  - {way['text']}" for way in found["relaxations"]]
        return [*lines, ""]
    if result.objective is None or result.bound is None:
        return [*lines, "No loop was found in the time given, and none was proved impossible. Give more time.", ""]
    options = {option.id: option for option in question.problem.stations}
    adds = {one["station"]: one["loss"] for one in found.get("contributions", ())}
    for number, name in enumerate(result.stations, start=1):
        option = options[name]
        loss = f"  adds {100 * adds[name]:4.1f} points" if name in adds else ""
        kind = question.name(option.kind)
        lines.append(f"  {number:>2}. {question.name(name):<46.46} {kind:<14.14} {option.minutes:>4} min{loss}")
    lines += ["", f"  {'':<40}reliability  signals"]
    needs = {need.id: need for need in question.problem.competencies}
    for name, coverage in result.coverage.items():
        need = needs[name]
        title = question.name(name) + (" *" if need.target is not None else "")
        lines.append(f"  {title:<40.40}{coverage.reliability:>11.2f}{coverage.signals:>6}/{need.min_signals}")
    proof = "no other choice does better" if result.status == "optimal" else "the time limit came before the proof"
    lines += [
        "",
        f"  * has a target it must reach. {result.candidate_minutes} candidate minutes, "
        f"{result.interviewer_minutes / 60:.1f} interviewer hours.",
        f"  Explains {result.objective:.1%} of what is needed; at most {result.bound:.1%} is possible: {proof}.",
    ]
    if found.get("left_out"):
        lines += ["", "  Left out:"]
        lines += [f"  - {_why_not(one, question)}" for one in found["left_out"]]
    return [*lines, ""]


def _why_not(one: dict[str, Any], question: Question) -> str:
    name = question.name(one["station"])
    reasons = {
        "excluded": "excluded",
        "not_in_use": "not in use",
        "pilot": "a pilot, chosen only if pinned",
        "too_few_people": "too few people are trained for it",
        "measures_nothing": "measures nothing that is needed",
        "not_better": "adds nothing",
        "would_help": f"would add {100 * one['gain']:.1f} points",
        "no_room": f"would add {100 * one['gain']:.1f} points, but for "
        + " and ".join(rule["text"] for rule in one["breaks"]),
    }
    swap = one["best_swap"]
    instead = ""
    if swap is not None and one["reason"] in ("no_room", "not_better"):
        instead = f"; in place of {question.name(swap['out'])} {100 * swap['change']:+.1f} points"
    return f"{name}: {reasons[one['reason']]}{instead}"
