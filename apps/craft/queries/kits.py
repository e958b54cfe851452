"""Reads of the kits: what ships with the product, and what is known about each here."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet

from apps.craft.core.kits import KITS, Kit
from apps.craft.models import Assignment, KitRetirement, KitReview, UnattendedRun
from apps.library.core.freshness import Freshness, age_in_months
from apps.library.models import Station

HALF_LIFE_MONTHS = 6  # of practice with language models, where no station says otherwise
SOLVED_ALONE = 0.8  # the gain at which an assistant alone makes a kit due for retirement


def kit_named(name: str) -> Kit | None:
    return KITS.get(name)


def kit_title(name: str) -> str:
    """How people call a kit; its own name where it does not ship any more."""
    kit = KITS.get(name)
    return kit.title if kit else name


@dataclass(frozen=True)
class KitLine:
    """One kit as the list shows it. `best_alone` is the best gain of an assistant alone on this version."""

    kit: Kit
    freshness: Freshness
    reviewed_on: dt.date
    retirement: KitRetirement | None
    stations: Sequence[Station]
    exposures: int
    last_exposed_at: dt.datetime | None
    runs: int
    best_alone: float | None

    @property
    def is_solved_alone(self) -> bool:
        return self.best_alone is not None and self.best_alone >= SOLVED_ALONE


@dataclass(frozen=True)
class KitPage:
    """One kit with all that is known of it; the exposures the last first."""

    line: KitLine
    exposed: Sequence[Assignment]
    runs: Sequence[UnattendedRun]
    reviews: Sequence[KitReview]
    retirements: Sequence[KitRetirement]


def kit_lines(*, user: Any, today: dt.date) -> list[KitLine]:
    """Every kit that ships, in the order of their names."""
    stations = defaultdict(list)
    using = Station.objects.visible_to(user).filter(kit__in=KITS, current__isnull=False).select_related("current")
    for station in using.order_by("current__name"):
        stations[station.kit].append(station)
    reviewed = {
        (row["kit"], row["kit_version"]): row["last"]
        for row in KitReview.objects.visible_to(user)
        .values("kit", "kit_version")
        .annotate(last=Max("on"))
        .order_by("kit", "kit_version")
    }
    retired = {(row.kit, row.kit_version): row for row in _retired(user)}
    handed: dict[str, Any] = {
        row["kit"]: row
        for row in _exposures(user)
        .order_by()
        .values("kit")
        .annotate(n=Count("pk"), last=Max("minted_at"))
        .order_by("kit")
    }
    alone: dict[Any, Any] = {
        (row["kit"], row["kit_version"]): row
        for row in UnattendedRun.objects.visible_to(user)
        .values("kit", "kit_version")
        .annotate(n=Count("pk"), best=Max("gain"))
        .order_by("kit", "kit_version")
    }
    lines = []
    for kit in sorted(KITS.values(), key=lambda kit: kit.title):
        key = (kit.id, kit.version)
        on = max(kit.reviewed, reviewed.get(key, kit.reviewed))
        half_life = min([station.half_life_months for station in stations[kit.id]], default=HALF_LIFE_MONTHS)
        lines.append(
            KitLine(
                kit=kit,
                freshness=Freshness(age_in_months(on, today), half_life),
                reviewed_on=on,
                retirement=retired.get(key),
                stations=stations[kit.id],
                exposures=handed.get(kit.id, {}).get("n", 0),
                last_exposed_at=handed.get(kit.id, {}).get("last"),
                runs=alone.get(key, {}).get("n", 0),
                best_alone=alone.get(key, {}).get("best"),
            )
        )
    return lines


def kit_page(*, kit: Kit, user: Any, today: dt.date) -> KitPage:
    line = next(line for line in kit_lines(user=user, today=today) if line.kit.id == kit.id)
    return KitPage(
        line=line,
        exposed=list(
            _exposures(user)
            .filter(kit=kit.id)
            .select_related("interview__candidacy__candidate", "interview__candidacy__role", "assigned_by")
            .defer("record")
            .order_by("-minted_at", "-pk")
        ),
        runs=list(_of(UnattendedRun, kit, user).select_related("logged_by").order_by("-on", "-pk")),
        reviews=list(_of(KitReview, kit, user).select_related("by").order_by("-on", "-pk")),
        retirements=list(_of(KitRetirement, kit, user).select_related("by", "lifted_by").order_by("-pk")),
    )


def is_retired(kit: Kit) -> bool:
    return KitRetirement.objects.in_force().filter(kit=kit.id, kit_version=kit.version).exists()


def kits_to_assign() -> list[Kit]:
    """Every kit that is not retired, in the order of their names."""
    gone = set(KitRetirement.objects.in_force().order_by("pk").values_list("kit", "kit_version"))
    return sorted((kit for kit in KITS.values() if (kit.id, kit.version) not in gone), key=lambda kit: kit.title)


def _exposures(user: Any) -> QuerySet[Assignment]:
    """What was minted: from then on somebody may have read it."""
    return Assignment.objects.visible_to(user).filter(minted_at__isnull=False)


def _retired(user: Any) -> QuerySet[KitRetirement]:
    found: QuerySet[KitRetirement] = KitRetirement.objects.visible_to(user).in_force().select_related("by")
    return found.order_by("pk")


def _of(model: Any, kit: Kit, user: Any) -> Any:
    return model.objects.visible_to(user).filter(kit=kit.id)
