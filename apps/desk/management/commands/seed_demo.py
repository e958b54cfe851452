"""`python manage.py seed_demo`: the demo organisation, once."""

import json
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from apps.desk import actions
from apps.desk.core.demo import DemoOrganisation, parse_organisation


def read_organisation() -> DemoOrganisation:
    organisation, items = (
        yaml.safe_load((settings.FIXTURES_DIR / "demo" / name).read_text(encoding="utf-8"))
        for name in ("organisation.yaml", "calibration.yaml")
    )
    return parse_organisation({**organisation, **items})


def refuse_on_the_internet() -> None:
    if settings.HTTPS_ONLY:
        raise CommandError(
            "HTTPS_ONLY is on, so others reach this machine: the demo would make people whose password is published."
        )


class Command(BaseCommand):
    help = "Make the demo organisation where it is not there yet. Not for a machine that others reach."

    def handle(self, **options: Any) -> None:
        refuse_on_the_internet()
        organisation = read_organisation()
        evidence = yaml.safe_load((settings.FIXTURES_DIR / "demo" / "evidence.yaml").read_text(encoding="utf-8"))
        kit = json.loads((settings.FIXTURES_DIR / "demo" / "kit.json").read_text(encoding="utf-8"))
        with transaction.atomic():
            made = actions.seed_demo(organisation=organisation, evidence=evidence, kit=kit, now=timezone.now())
        if made:
            actions.calibrate_demo(clock=timezone.now)
        self.stdout.write("Demo organisation: made." if made else "Demo organisation: there already, kept.")
