"""`python manage.py make_demo_kit`: the kit of the demo, made anew; needed when a kit's version has changed."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.craft.actions.grading import grade
from apps.craft.core.grading import Case
from apps.craft.core.mint import archive, mint
from apps.craft.core.record import unpacked
from apps.craft.core.shipped.harness import ledger

KIT, SEED = "refund-agent", "the demo's own"
EXPECTED = 0.15  # what the demo's candidate foretells of each repair
NOTES = """# Notes

## What was wrong, and how I know

Traced eight items that went wrong and sorted them by the step at which they fail. Two causes explain seven of them.

## What I changed

One file at a time, with the size I expected written down first.

## What I would watch in production

The share of refusals by week, and how many calls an item takes. One item I could not explain.
"""


class Command(BaseCommand):
    help = "Mint and grade the demo's kit anew, into fixtures/demo/kit.json. Takes a minute, and needs the sandbox."

    def handle(self, **options: Any) -> None:
        minted = mint(KIT, SEED)
        vault = unpacked(minted.record["vault"])
        repaired = sorted(vault["reference"].items())
        del repaired[1]  # a candidate who found all but one
        whys = {site["file"]: site["title"] for site in minted.record["sites"].values()}
        case = Case(minted.record, vault["pristine"])
        work: dict[str, str] = {}
        lines: list[str] = []
        before: float | None = None
        for number, (name, text) in enumerate([("", ""), *repaired], start=1):
            if name:
                work[name] = text
            after = case.own({**vault["pristine"], **work}, "dev").metric
            entry = {
                "n": number, "why": whys.get(name, "As it came"), "expected": EXPECTED if name else None,
                "before": before, "after": after, "usd": 0.01, "items": len(vault["dev"]["items"]), "full": True,
            }  # fmt: skip
            lines.append(ledger.line(lines, entry))
            before = after
        work |= {
            ".craft/ledger.jsonl": "\n".join(lines) + "\n",
            "NOTES.md": NOTES,
            "harness/stats.py": vault["pristine"]["harness/stats.py"] + "\n# Looked through: nothing to change here.\n",
        }
        handed_in = archive({**minted.files, **{name: text.encode() for name, text in work.items()}})
        report = grade(minted.record, handed_in)
        made = {"record": minted.record, "work": work, "report": report}
        path = settings.FIXTURES_DIR / "demo" / "kit.json"
        path.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        self.stdout.write(f"{path.name}: gain {report['gain']['value']:.2f}, {path.stat().st_size // 1024} kB.")
