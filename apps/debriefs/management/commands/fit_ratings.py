"""`manage.py fit_ratings FILE.csv`: severities, difficulties and positions from a file, without a database."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.debriefs.core.ratings.csv_file import MOST_BYTES, RatingsRefused, read_ratings
from apps.debriefs.core.ratings.report import MODELS, fit_report


class Command(BaseCommand):
    help = "Fit the rating model to a CSV file: who rates how harshly, where candidates stand, and how sure that is."
    requires_system_checks: list[str] = []  # a file is answered on a machine without a database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="candidate,interviewer,competency,level and, if you like, station; - reads it"
        )
        parser.add_argument("--json", action="store_true", help="for other programs; see docs/ratings.md")
        parser.add_argument(
            "--model", choices=MODELS, default=MODELS[0], help="hierarchical is ours; the others are what peers use"
        )

    def handle(self, *, file: str, model: str, **options: Any) -> None:
        try:
            rows = read_ratings(self._content(file))
        except RatingsRefused as error:
            raise CommandError("\n".join(error.problems)) from error
        report = fit_report(rows, model=model, progress=self._progress if sys.stderr.isatty() else None)
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=1, allow_nan=False))
        else:
            self.stdout.write(as_text(report))

    def _content(self, file: str) -> bytes:
        if file == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        try:
            with Path(file).open("rb") as source:
                return source.read(MOST_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"\r{100 * done // total} %", ending="\n" if done == total else "")


def as_text(report: dict[str, Any]) -> str:
    """For the terminal: interviewers in their order in the file, then candidates overall."""
    lines = [f"{report['ratings']} ratings, {report['no_evidence']} without evidence. Model: {report['model']}."]
    lines += [f"  {note}" for note in report["notes"]]
    lines += ["", "Interviewer              severity      se     n  infit  (logits; positive is harsher)"]
    for one in report["interviewers"]:
        held = f"  withheld: {one['withheld'].replace('_', ' ')}" if one.get("withheld") else ""
        lines.append(
            f"  {one['id'][:22]:22} {_number(one['severity'], 9)} {_number(one['se'], 7)} {one['n']:5d} "
            f"{_number(one['infit'], 6)}{held}"
        )
    lines += ["", "Competency             difficulty      se"]
    lines += [
        f"  {one['id'][:22]:22} {_number(one['difficulty'], 9)} {_number(one['se'], 7)}"
        for one in report["competencies"]
    ]
    lines += ["", "Thresholds " + " ".join(_number(one, 0) for one in report["thresholds"])]
    lines += ["", "Candidate overall        position      se"]
    lines += [
        f"  {one['id'][:22]:22} {_number(one['position'], 9)} {_number(one['se'], 7)}"
        for one in report["candidates"]
        if one["competency"] is None
    ]
    alpha, reliability = report["agreement"]["alpha_ordinal"], report["reliability"]
    lines += ["", f"Krippendorff's alpha (ordinal) {_number(alpha, 0)}, reliability {_number(reliability, 0)}"]
    return "\n".join(lines)


def _number(value: float | None, width: int) -> str:
    return f"{'·' if value is None else format(value, '.2f'):>{width}}"
