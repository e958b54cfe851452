"""Settled panels in numbers, as a house has them after a year: for the tests of the calibration and its pages."""

import datetime as dt
import random
from collections.abc import Sequence

from apps.accounts.models import User
from apps.interviews.models import Candidacy, Interview, Rating, Scorecard
from apps.loops.models import LoopPlan
from tests.factories import CandidacyFactory, CandidateFactory, seat

BEGINS = dt.datetime(2026, 1, 12, 9, 0, tzinfo=dt.UTC)


def settled_panels(
    *,
    plan: LoopPlan,
    panel: Sequence[User],
    candidates: int,
    severity: dict[User, float] | None = None,
    begins: dt.datetime = BEGINS,
    seed: int = 1,
    name: str = "Settled",
) -> list[Candidacy]:
    """So many candidacies, a week apart, with the people of `panel` in turn on the stations, all submitted.

    Every station has two people, one where `panel` is one person. `severity`: levels somebody gives less than others.
    """
    draw = random.Random(seed)
    made = []
    for place in range(candidates):
        held = begins + dt.timedelta(weeks=place)
        candidacy = CandidacyFactory(plan=plan, candidate=CandidateFactory(name=f"{name} {place + 1}"), started_at=held)
        ability = draw.gauss(2.6, 0.7)
        for number, interview in enumerate(candidacy.interviews.order_by("plan_station__position")):
            at = held + dt.timedelta(hours=2 * number)
            sitting = {panel[(place + number) % len(panel)], panel[(place + number + 1) % len(panel)]}
            for person in sorted(sitting, key=lambda one: one.pk):
                seat(interview, person, starts_at=at)
                harsh = (severity or {}).get(person, 0.0)
                write(
                    interview,
                    person,
                    draw=draw,
                    mean=ability - harsh,
                    at=at + dt.timedelta(hours=draw.choice([2, 5, 30])),
                )
        made.append(candidacy)
    return made


def write(interview: Interview, person: User, *, draw: random.Random, mean: float, at: dt.datetime) -> Scorecard:
    """One submitted scorecard; the levels scatter around `mean`."""
    card = Scorecard.objects.create(interview=interview, interviewer=person)
    rubrics = interview.candidacy.pinned_rubrics.select_related("rubric").order_by("pk")
    measured = set(interview.plan_station.version.measures.values_list("competency", flat=True).order_by("pk"))
    Rating.objects.bulk_create(
        Rating(
            scorecard=card,
            competency_id=pinned.rubric.competency_id,
            rubric=pinned.rubric,
            level=min(max(round(draw.gauss(mean, 0.6)), 1), 4),
            evidence="They said so." if draw.random() < 0.9 else "",
        )
        for pinned in rubrics
        if pinned.rubric.competency_id in measured
    )
    card.state, card.recommendation, card.submitted_at = Scorecard.State.SUBMITTED, "yes" if mean > 2.5 else "no", at
    card.save()
    return card
