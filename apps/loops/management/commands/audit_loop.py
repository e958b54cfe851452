"""`python manage.py audit_loop FILE --role SLUG`: what a loop measures for a role, and the smallest repair.

FILE is CSV, YAML, the job stages of Greenhouse as JSON, or `plan:NUMBER` for a plan of ours. The format of --json is
in docs/auditing.md.
"""

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.library.models import RolePreset
from apps.loops import translate
from apps.loops.core.existing import (
    MAX_BYTES,
    MAX_STATIONS,
    ExistingLoop,
    ExistingLoopError,
    ExistingStation,
    Skipped,
    WhySkipped,
    parse,
)
from apps.loops.management.roles import role_named
from apps.loops.models import LoopPlan
from apps.loops.translate.audit.lines import AuditPage, CompetencyLine, PlacedStation, RepairLine, SwapLine

WIDTH = 100
SKIPPED = {
    WhySkipped.INACTIVE: "an inactive stage",
    WhySkipped.NOT_SCHEDULABLE: "cannot be scheduled",
    WhySkipped.NO_INTERVIEWS: "has no interviews",
}
VERDICTS = {"missing": "not measured", "thin": "too little", "enough": "enough", "more than useful": "more than useful"}


@dataclass(frozen=True)
class Match:
    """What a station of the file is taken to be in the library. because: why it was suggested; "" if it was not."""

    name: str
    station: str | None
    score: float | None
    because: tuple[str, ...]

    @property
    def is_suggested(self) -> bool:
        return self.score is not None


class Command(BaseCommand):
    help = (
        "Audit an existing loop: what it measures for a role, what it does not, and the smallest change to repair it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a CSV, YAML or Greenhouse JSON file, or plan:NUMBER")
        parser.add_argument("--role", required=True, help="the role's or the role preset's name in its address")
        parser.add_argument("--json", action="store_true", help="for other programs; see docs/auditing.md")
        parser.add_argument("--changes", type=int, metavar="K", help="the best loop with at most K stations changed")

    def handle(self, *, file: str, role: str, changes: int | None, **options: Any) -> None:
        if changes is not None and not 0 <= changes <= MAX_STATIONS:
            raise CommandError(f"--changes is a number from 0 to {MAX_STATIONS}.")
        subject = _subject(role)
        shelf = translate.shelf()
        try:
            loop, is_ours = _loop(file)
            shelf.require_known(loop.stations)
        except ExistingLoopError as error:
            raise CommandError(f"{file}: {' '.join(error.problems)}") from error
        matches = [_match(station, shelf) for station in loop.stations]
        matched = [
            station.model_copy(update={"station": match.station})
            for station, match in zip(loop.stations, matches, strict=True)
        ]
        page = translate.audit_page(
            loop=loop.model_copy(update={"stations": tuple(matched)}),
            subject=subject,
            shelf=shelf,
            today=timezone.localdate(),
            is_ours=is_ours,
            most_changes=changes,
            changes=changes,
        )
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(page, matches), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(page, matches, loop.skipped)))


def _subject(slug: str) -> translate.Subject:
    found = role_named(slug)
    if isinstance(found, RolePreset):
        return translate.subject_of_preset(found)
    subject = translate.subject_of(found)
    if not subject.requirements:
        raise CommandError(f"The role “{found.title}” requires nothing yet. Name its competencies first.")
    return subject


def _loop(file: str) -> tuple[ExistingLoop, bool]:
    """The loop, and whether it is a plan of ours."""
    kind, colon, number = file.partition(":")
    if colon and kind == "plan":
        plan = LoopPlan.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None
        if plan is None:
            raise CommandError(f"There is no plan “{number}”.")
        return translate.loop_of_plan(plan), True
    try:
        with Path(file).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise CommandError(f"{file} cannot be read: {reason}.") from error
    return parse(Path(file).name, content)[0], False


def _match(station: ExistingStation, shelf: translate.Shelf) -> Match:
    if station.station is not None:
        return Match(station.name, station.station, None, ())
    best = next(iter(shelf.matcher.suggest(station.name, most=1)), None)
    if best is None:
        return Match(station.name, None, None, ())
    return Match(station.name, best.station_id, best.score, best.because)


def _as_data(page: AuditPage, matches: list[Match]) -> dict[str, Any]:
    repair = page.chosen
    return {
        "loop": page.loop,
        "role": page.role_slug,
        "status": page.status,
        "explained": page.explained,
        "expected_validity": page.expected_validity,
        "candidate_minutes": page.candidate_minutes,
        "interviewer_minutes": page.interviewer_minutes,
        "matches": [
            {
                "name": match.name,
                "id": line.id,
                "station": match.station,
                "confirmed": not match.is_suggested and match.station is not None,
                "score": match.score,
                "because": list(match.because),
                "minutes": line.minutes,
            }
            for match, line in zip(matches, page.stations, strict=True)
        ],
        "coverage": _coverage(page.competencies),
        "not_needed": {line.slug: line.signals for line in page.not_needed},
        "redundant": [
            {"station": line.id, "loss": line.loss, "minutes": line.minutes, "together": line.together}
            for line in page.spare
        ],
        "stale": [{"station": line.id, "freshness": line.freshness} for line in page.stale],
        "staleness_loss": page.staleness_loss,
        "violations": [
            {"rule": line.rule, "subject": line.subject, "actual": line.actual, "limit": line.limit}
            for line in page.violations
        ],
        "repair": {
            "status": page.status,
            "smallest": page.smallest,
            "changes": repair.changes if repair else None,
            "kept": [station.id for station in repair.kept] if repair else [],
            "removed": [station.id for station in repair.removed] if repair else [],
            "added": [station.id for station in repair.added] if repair else [],
            "stations": [station.id for station in repair.stations] if repair else [],
            "kinds": [station.kind for station in repair.stations] if repair else [],
            "objective": repair.explained if repair else None,
            "proved": repair.is_proved if repair else False,
            "candidate_minutes": repair.candidate_minutes if repair else None,
            "interviewer_minutes": repair.interviewer_minutes if repair else None,
            "coverage": _coverage(repair.competencies) if repair else {},
            "clash": [{"rule": line.rule, "subject": line.subject} for line in page.clash],
        },
        "more_changes": [
            {"changes": line.changes, "objective": line.explained, "candidate_minutes": line.candidate_minutes}
            for line in page.repairs
        ],
        "finds": {"preset": page.finds_slug, "title": page.finds, "explained": page.finds_explained}
        if page.finds
        else None,
    }


def _coverage(lines: tuple[CompetencyLine, ...]) -> dict[str, Any]:
    return {
        line.slug: {
            "reliability": line.reliability,
            "signals": line.signals,
            "min_signals": line.min_signals,
            "target": line.target,
            "verdict": line.verdict,
        }
        for line in lines
    }


def _lines(page: AuditPage, matches: list[Match], skipped: tuple[Skipped, ...]) -> Iterator[str]:
    yield from ("", *_wrapped(f"{page.loop}, audited for {page.role}"), "")
    yield from _wrapped(_headline(page), 2)
    yield ""
    for line, match in zip(page.stations, matches, strict=True):
        what = line.library or "not in the library: counts minutes, measures nothing we know"
        yield _cut(f"  {line.place:>2}. {line.name:<34.34} {line.minutes:>4} min  {what}")
        if match.is_suggested:
            why = ", ".join(match.because)
            yield _cut(f"      suggested because of “{why}” ({match.score:.2f}); nobody has confirmed it")
        if line.is_stale:
            yield f"      stale: {line.freshness:.0%} of its information is left since its last review"
    for one in skipped:
        yield _cut(f"      left out: {one.name} ({SKIPPED[one.why]})")
    yield from ("", "What it measures of what the role needs", "")
    yield from _table(page.competencies)
    if page.not_needed:
        yield from ("", "What it measures that the role does not need", "")
        for other in page.not_needed:
            yield _cut(f"  {other.name:<34.34} {_signals(other.signals):<10}  {', '.join(other.stations)}")
    yield from ("", *_costs(page))
    if page.spare:
        yield from ("", "Stations the role hardly misses", "")
        for spare in page.spare:
            yield _cut(f"  {spare.name:<34.34} {spare.minutes:>4} min  adds {100 * spare.loss:.1f} points")
    yield from ("", *_repair_lines(page), "")


def _headline(page: AuditPage) -> str:
    there = [f"{_signals(line.signals)} on {line.name}" for line in page.said_not_needed]
    missing = [f"none on {line.name}" for line in page.said_missing]
    found = f"This loop finds the {page.finds} ({page.finds_explained:.0%} explained)." if page.finds else ""
    said = ", ".join([*there, *missing])
    if not said and not found:
        return "This loop measures everything the role needs."
    return f"{said[:1].upper()}{said[1:]}{'. ' if said else ''}{found}".rstrip()


def _signals(number: int) -> str:
    return f"{number} signal{'' if number == 1 else 's'}"


def _table(lines: tuple[CompetencyLine, ...]) -> Iterator[str]:
    yield f"  {'':<34}{'reliability':>12}{'signals':>9}  verdict"
    for line in lines:
        target = f" (target .{round(100 * line.target):02d})" if line.target is not None else ""
        name = f"{line.name[:32]}{' *' if line.must_pass else ''}"
        signals = f"{line.signals}/{line.min_signals}"
        yield _cut(f"  {name:<34}{line.reliability:>12.2f}{signals:>9}  {VERDICTS[line.verdict]}{target}")
    yield "  * must pass"


def _costs(page: AuditPage) -> Iterator[str]:
    yield (
        f"Explains {page.explained:.0%} of what the role needs; expected validity {page.expected_validity:.2f}; "
        f"{page.staleness_loss:.1%} lost to age."
    )
    yield (
        f"Costs {page.candidate_minutes} candidate minutes (limit {page.candidate_limit}), "
        f"{page.interviewer_minutes / 60:.1f} interviewer hours (limit {page.interviewer_limit / 60:.1f})."
    )


def _repair_lines(page: AuditPage) -> Iterator[str]:
    repair = page.chosen
    if repair is None:
        yield {
            "impossible": "No loop keeps every rule of this role. These rules clash:",
            "beyond": f"It takes {page.smallest} changes to repair it; {page.most_changes} were allowed.",
        }.get(page.status, "No repair was found in the time given.")
        yield from (f"  {line.rule} {line.subject}".rstrip() for line in page.clash)
        return
    if not repair.swaps:
        yield "It keeps every rule of this role as it is."
    else:
        least = "The smallest change that repairs it" if repair.changes == page.smallest else "A larger change"
        yield f"{least}: {repair.changes} station{'' if repair.changes == 1 else 's'}"
        yield ""
        yield from (_swap(swap) for swap in repair.swaps)
        yield ""
        yield from _result(repair)
    others = [line for line in page.repairs if line is not repair]
    for line in others:
        yield f"  With {line.changes} changes it would explain {line.explained:.0%}."


def _swap(swap: SwapLine) -> str:
    if swap.removed is None:
        return _cut(f"  add   {_placed(swap.added)}")
    if swap.added is None:
        return _cut(f"  drop  {_placed(swap.removed)}")
    return _cut(f"  swap  {_placed(swap.removed):<42.42}  for  {_placed(swap.added)}")


def _placed(station: PlacedStation | None) -> str:
    return "" if station is None else f"{station.name} ({station.minutes} min)"


def _result(repair: RepairLine) -> Iterator[str]:
    proof = "no other loop with so few changes explains more" if repair.is_proved else "best found in the time given"
    yield (
        f"  Then it explains {repair.explained:.0%} in {repair.candidate_minutes} candidate minutes and "
        f"{repair.interviewer_minutes / 60:.1f} interviewer hours;"
    )
    yield f"  {proof}. It keeps every rule, checked independently."


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def _wrapped(text: str, indent: int = 0) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)
