"""`python manage.py craft list | mint | check | grade | doctor`: AI craft kits without site or database."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.craft.core.gates import check
from apps.craft.core.guide import as_text, guide
from apps.craft.core.kits import KITS
from apps.craft.core.mint import NoFitVariant, archive, mint
from apps.craft.sandbox import Level, available, examine
from apps.craft.sandbox.grading import NoSafeRoom, grade

RECORD, SUBMISSION = "record.json", "submission.zip"


class Command(BaseCommand):
    help = "List the AI craft kits, mint a variant, hold a kit against its release gates, grade a submission."
    requires_system_checks: list[str] = []  # nothing here needs the database or the site

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        steps.add_parser("list", help="the kits that ship")
        minting = steps.add_parser("mint", help="make one variant: the candidate's zip, and beside it what is secret")
        minting.add_argument("kit")
        minting.add_argument("--seed", required=True, help="any text; the same seed gives the same variant")
        minting.add_argument("--out", required=True, type=Path, metavar="DIR", help="a folder that is new or empty")
        checking = steps.add_parser("check", help="hold a kit against its release gates")
        checking.add_argument("kit")
        checking.add_argument("--seeds", type=int, default=20, help="how many variants to mint (20)")
        grading = steps.add_parser("grade", help="grade a submission in the sandbox")
        grading.add_argument("place", type=Path, metavar="DIR_OR_ZIP", help="a minted folder, or submission.zip")
        grading.add_argument("--record", type=Path, help=f"the variant's {RECORD} (default: beside the submission)")
        grading.add_argument("--json", action="store_true", help="the whole report")
        steps.add_parser("doctor", help="what the sandbox holds on this machine, tried by a hostile script")

    def handle(self, *args: Any, **options: Any) -> None:
        {
            "list": self._list, "mint": self._mint, "check": self._check, "grade": self._grade, "doctor": self._doctor,
        }[options["step"]](options)  # fmt: skip

    def _list(self, options: dict[str, Any]) -> None:
        for kit in KITS.values():
            print(f"{kit.id:<22} {kit.version:<7} {kit.minutes} min, reviewed {kit.reviewed}   {kit.title}")
            print(f"    {kit.summary}")
            defects = kit.sites_of("readable") + kit.sites_of("hidden")
            print(f"    {len(defects)} defects, {len(kit.surfaces)} surfaces, laws: {', '.join(kit.laws)}")

    def _mint(self, options: dict[str, Any]) -> None:
        kit_id, out = self._known(options["kit"]), options["out"]
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise CommandError(f"{out} is there and not an empty folder. Name another.")
        try:
            made = mint(kit_id, options["seed"])
        except NoFitVariant as problem:
            raise CommandError(str(problem)) from None
        for name, content in made.files.items():
            path = out / kit_id / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        zipped = archive(made.files)
        (out / f"{kit_id}.zip").write_bytes(zipped)
        (out / RECORD).write_text(json.dumps(made.record), encoding="utf-8")
        (out / "guide.md").write_text(as_text(guide(made.record)), encoding="utf-8")
        measured = made.record["measured"]
        print(f"{kit_id} {made.version}, seed {made.seed}: start {measured['start']:.3f}, "
              f"reference {measured['reference']:.3f}")  # fmt: skip
        print(f"  for the candidate    {out / kit_id}.zip ({len(zipped) // 1024 + 1} KB; unpacked beside it)")
        print(f"  for the interviewer  {out / 'guide.md'}")
        print(f"  for grading, secret  {out / RECORD}")

    def _check(self, options: dict[str, Any]) -> None:
        kit_id = self._known(options["kit"])
        seeds = [f"check-{number}" for number in range(options["seeds"])]
        gates, minted = check(kit_id, seeds)
        print(f"{kit_id} {KITS[kit_id].version}: {len(minted)} variants minted")
        for gate in gates:
            print(f"  {'holds' if gate.holds else 'FAILS':<6} {gate.name:<42} {gate.value:>10.3f}   {gate.limit}")
        if not all(gate.holds for gate in gates):
            raise CommandError("Not every gate holds.")

    def _grade(self, options: dict[str, Any]) -> None:
        place: Path = options["place"]
        given = place / SUBMISSION if place.is_dir() else place
        if place.is_dir() and not given.exists():
            inside = sorted(place.glob(f"*/{SUBMISSION}"))
            if not inside:
                raise CommandError(
                    f"There is no {SUBMISSION} in {place}. The candidate makes it: python craft.py submit."
                )
            given = inside[0]
        beside = [given.parent / RECORD, given.parent.parent / RECORD]
        record = options["record"] or next((path for path in beside if path.exists()), beside[0])
        try:
            content = given.read_bytes()
            secret = json.loads(record.read_text(encoding="utf-8"))
        except OSError as problem:
            raise CommandError(f"{problem.filename} cannot be read: {problem.strerror}.") from None
        except ValueError:
            raise CommandError(f"{record} is not a record that `craft mint` wrote.") from None
        if not isinstance(secret, dict) or "vault" not in secret:
            raise CommandError(f"{record} is not a record that `craft mint` wrote.")
        try:
            report = grade(secret, content)
        except NoSafeRoom as problem:
            raise CommandError(
                f"Nothing was run: {problem.reason} Grade on a Linux machine with bubblewrap: copy {given.name} and "
                f"{RECORD} there and run the same command."
            ) from None
        print(json.dumps(report, indent=1) if options["json"] else as_lines(report))

    def _doctor(self, options: dict[str, Any]) -> None:
        level, reason = available()
        print(f"Level of this machine: {level}" + (f" ({reason})" if reason else ""))
        if level is Level.NONE:
            raise CommandError("No submission is run here. Grade on a Linux machine with bubblewrap.")
        attempts = examine(level)
        for attempt in attempts:
            told = "holds" if attempt.held else "FAILS"
            print(f"  {told:<6} {attempt.name:<44} {attempt.got:<8} {attempt.detail}")
        if not all(attempt.held for attempt in attempts):
            raise CommandError("Not everything holds.")

    def _known(self, kit_id: str) -> str:
        if kit_id not in KITS:
            raise CommandError(f"There is no kit {kit_id!r}. There are: {', '.join(KITS)}.")
        return kit_id


def as_lines(report: dict[str, Any]) -> str:
    """A report for the terminal."""
    if "gain" not in report:
        return f"{report['verdict']}: {report['reason']}"
    gain, metric = report["gain"], report["metric"]
    lines = [
        f"{report['kit']} {report['version']}: {report['verdict']}",
        *([f"  {report['reason']}"] if report["reason"] else []),
        f"  gain {gain['value']:.2f} ({gain['low']:.2f} to {gain['high']:.2f}, 90 %)"
        + ("; capped, a guard is broken" if gain["capped"] else ""),
        f"  {metric['name']}: start {metric['start']:.3f}, this {metric['hidden']:.3f}, "
        f"reference {metric['reference']:.3f} over {metric['items']} hidden items",
        f"  shifted world: start {report['shifted']['start']:.3f}, this {report['shifted']['value']:.3f}",
        f"  dev gain {report['overfit']['dev']:+.3f}, hidden gain {report['overfit']['hidden']:+.3f}",
    ]  # fmt: skip
    for guard in report["guards"]:
        sign = "at most" if guard["most"] else "at least"
        told = "holds" if guard["held"] else "BROKEN"
        lines.append(f"  guard {guard['name']}: {guard['value']:.3f}, {sign} {guard['limit']:g}: {told}")
    lines += [
        f"  {part['name']} ({part['n']}): {part['start']:.3f} -> {part['value']:.3f}" for part in report["slices"]
    ]
    lines.append(f"  changed: {', '.join(part['path'] for part in report['editable']) or 'nothing'}")
    if report["frozen"]:
        lines.append(f"  frozen, changed and not used: {', '.join(part['path'] for part in report['frozen'])}")
    shots = report["ledger"]["called_shots"]
    if shots["n"]:
        lines.append(f"  {shots['n']} called shots, off by {shots['mean_error']:.3f} on average")
    lines.append(f"  {report['seconds']:.1f} s, {report['level']}; the metric is evidence, not a rating")
    return "\n".join(lines)
