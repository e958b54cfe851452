"""What needs this person, and what a search finds."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from apps.common.models import AuditLine
from apps.debriefs.queries import debriefs_ready
from apps.interviews.models import Candidacy, Candidate, Interview
from apps.interviews.queries import DueLine, interviews_to_schedule, scorecards_due
from apps.library.models import Competency, Station
from apps.loops.models import LoopPlan, Role

MOST_HITS = 20


@dataclass(frozen=True)
class HomePage:
    due: list[DueLine]
    debriefs: list[Candidacy]
    drafts: list[LoopPlan]
    to_schedule: list[Candidacy]
    roles_without_plan: list[Role]

    @property
    def is_empty(self) -> bool:
        return not (self.due or self.debriefs or self.drafts or self.to_schedule or self.roles_without_plan)


def home_page(*, user: Any, now: dt.datetime) -> HomePage:
    drafts: list[LoopPlan] = []
    without_plan: list[Role] = []
    if user.is_leader:
        drafts = list(
            LoopPlan.objects.visible_to(user)
            .filter(state=LoopPlan.State.DRAFT)
            .select_related("role")
            .order_by("-created_at", "-pk")[:MOST_HITS]
        )
        without_plan = list(
            Role.objects.visible_to(user)
            .filter(state=Role.State.OPEN, plans__isnull=True)
            .order_by("-created_at", "-pk")[:MOST_HITS]
        )
    return HomePage(
        due=scorecards_due(user=user, now=now),
        debriefs=list(debriefs_ready(user=user)[:MOST_HITS]),
        drafts=drafts,
        to_schedule=list(interviews_to_schedule(user=user)[:MOST_HITS]),
        roles_without_plan=without_plan,
    )


@dataclass(frozen=True)
class SearchHits:
    """At most 20 of each kind, in the order of their names."""

    candidates: list[Candidate]
    roles: list[Role]
    stations: list[Station]
    competencies: list[Competency]

    @property
    def is_empty(self) -> bool:
        return not (self.candidates or self.roles or self.stations or self.competencies)


def search(*, user: Any, text: str) -> SearchHits:
    """Names only: what interviewers wrote is never searched."""
    return SearchHits(
        candidates=list(
            Candidate.objects.visible_to(user).filter(name__icontains=text).order_by("name", "pk")[:MOST_HITS]
        ),
        roles=list(Role.objects.visible_to(user).filter(title__icontains=text).order_by("title", "pk")[:MOST_HITS]),
        stations=list(
            Station.objects.visible_to(user)
            .filter(current__name__icontains=text)
            .select_related("current")
            .order_by("current__name")[:MOST_HITS]
        ),
        competencies=list(
            Competency.objects.visible_to(user).filter(name__icontains=text).order_by("name", "pk")[:MOST_HITS]
        ),
    )


def audit_lines(*, user: Any) -> QuerySet[AuditLine]:
    """The trail for its readers, without the lines that would tell somebody who still owes a scorecard that others
    have submitted or decided (a move lists what was kept as evidence)."""
    closed = Candidacy.objects.exclude(pk__in=Candidacy.objects.open_to(user).values("pk"))
    interviews = Interview.objects.filter(candidacy__in=closed).annotate(text=Cast("pk", CharField())).values("text")
    candidacies = closed.annotate(text=Cast("pk", CharField())).values("text")
    return (
        AuditLine.objects.visible_to(user)
        .exclude(object_type=Interview._meta.label, verb="submitted scorecard", object_id__in=interviews)
        .exclude(
            object_type=Candidacy._meta.label,
            verb__in=["recorded decision", "moved candidacy"],
            object_id__in=candidacies,
        )
        .order_by("-id")
    )
