"""What needs this person, and what a search finds."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Model, Prefetch, Q, QuerySet
from django.db.models.functions import Cast

from apps.common.models import AuditLine
from apps.craft.models import Assignment, CandidateLink, Grading, Submission
from apps.debriefs.models import Debrief, Decision, Vote
from apps.debriefs.queries import debriefs_ready, debriefs_running
from apps.interviews.models import CalibrationItem, Candidacy, Candidate, Interview, Scorecard, Seat
from apps.interviews.queries import DueLine, calibration_waiting, interviews_to_schedule, own_unwritten
from apps.library.models import Competency, Station
from apps.loops.models import LoopPlan, Role
from apps.packets.models import Sending

MOST_HITS = 20

# What a line may be about, and how it leads to its candidacy.
ABOUT_A_CANDIDACY: dict[type[Model], str] = {
    Candidacy: "pk",
    Interview: "candidacy",
    Seat: "interview__candidacy",
    Scorecard: "interview__candidacy",
    Debrief: "candidacy",
    Vote: "debrief__candidacy",
    Decision: "candidacy",
    Sending: "packet__candidacy",
    Assignment: "interview__candidacy",
    CandidateLink: "assignment__interview__candidacy",
    Submission: "assignment__interview__candidacy",
    Grading: "submission__assignment__interview__candidacy",
}


@dataclass(frozen=True)
class HomePage:
    due: list[DueLine]
    ahead: list[DueLine]
    calibration: list[CalibrationItem]
    debriefs: list[Candidacy]
    running: list[Debrief]
    drafts: list[LoopPlan]
    to_schedule: list[Candidacy]
    roles_without_plan: list[Role]

    @property
    def is_empty(self) -> bool:
        mine = self.due or self.ahead or self.calibration or self.running
        return not (mine or self.debriefs or self.drafts or self.to_schedule or self.roles_without_plan)


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
    unwritten = own_unwritten(user=user, now=now)
    return HomePage(
        due=[line for line in unwritten if line.is_over],
        ahead=[line for line in unwritten if not line.is_over],
        calibration=calibration_waiting(user=user),
        debriefs=list(debriefs_ready(user=user)[:MOST_HITS]),
        running=list(debriefs_running(user=user)[:MOST_HITS]),
        drafts=drafts,
        to_schedule=list(interviews_to_schedule(user=user)[:MOST_HITS]),
        roles_without_plan=without_plan,
    )


@dataclass(frozen=True)
class SearchHits:
    """At most 20 of each kind, in the order of their names; candidates with the candidacies one may read about."""

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
            Candidate.objects.visible_to(user)
            .filter(name__icontains=text)
            .prefetch_related(Prefetch("candidacies", _to_read(user)))
            .order_by("name", "pk")[:MOST_HITS]
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


def _to_read(user: Any) -> QuerySet[Candidacy]:
    """Candidacies whose debriefs are open to this person, the latest first."""
    return Candidacy.objects.open_to(user).select_related("role").order_by("-started_at", "-pk")


# What may be read of a candidacy that is closed to somebody: verbs that follow from no scorecard.
SAYS_NOTHING = ["started candidacy", "scheduled interview", "cancelled interview", "excused interviewer"]


def audit_lines(*, user: Any) -> QuerySet[AuditLine]:
    """The trail for its readers, without what would tell somebody who may not read a panel yet how far the others are.

    Of such a candidacy every line is left out whose verb is not known to say nothing: a new verb is left out too.
    """
    closed = Candidacy.objects.exclude(pk__in=Candidacy.objects.open_to(user).values("pk"))
    hidden = Q(pk=None)
    for model, path in ABOUT_A_CANDIDACY.items():
        rows = model._default_manager.filter(**{f"{path}__in": closed.values("pk")})
        ids = rows.annotate(text=Cast("pk", CharField())).values("text")
        hidden |= Q(object_type=model._meta.label, object_id__in=ids)
    hidden &= ~Q(verb__in=SAYS_NOTHING)
    if user.is_interviewer:
        unrated = CalibrationItem.objects.exclude(pk__in=CalibrationItem.objects.rated_by(user).values("pk"))
        ids = unrated.annotate(text=Cast("pk", CharField())).values("text")
        hidden |= Q(object_type=CalibrationItem._meta.label, object_id__in=ids, verb="rated calibration item")
    return AuditLine.objects.visible_to(user).exclude(hidden).order_by("-id")
