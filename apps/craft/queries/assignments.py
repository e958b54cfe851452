"""What the page of an interview's kit shows to the people of the house."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from apps.craft.core.kits import Kit
from apps.craft.models import Assignment, CandidateLink, Grading, Submission
from apps.craft.queries.kits import kit_title, kits_to_assign
from apps.craft.queries.links import is_going_on
from apps.interviews.models import Candidacy, Interview
from apps.library.models import Station

GIVEN_UP = "The work was given up after several attempts. Ask for it again."


@dataclass(frozen=True)
class LinkLine:
    """One private link as the page lists it; `at` is the moment it is looked at."""

    link: CandidateLink
    at: dt.datetime

    @property
    def is_waiting(self) -> bool:
        return self.link.job is not None and self.link.job.is_open

    @property
    def problem(self) -> str:
        is_left = self.link.state in (CandidateLink.State.QUEUED, CandidateLink.State.SENDING)
        return GIVEN_UP if is_left and not self.is_waiting else self.link.problem

    @property
    def is_open(self) -> bool:
        return self.link.digest != "" and self.link.closed_at is None and self.link.assignment.expires_at > self.at


@dataclass(frozen=True)
class AssignmentLine:
    """One assignment of an interview. `gradings_shown`: whether this reader may learn what became of an upload."""

    assignment: Assignment
    title: str
    links: Sequence[LinkLine]
    submissions: Sequence[Submission]
    grading: Grading | None
    result_is_open: bool
    has_file: bool
    at: dt.datetime

    @property
    def is_standing(self) -> bool:
        return self.assignment.state != Assignment.State.WITHDRAWN

    @property
    def is_expired(self) -> bool:
        return self.assignment.expires_at <= self.at

    @property
    def is_minting(self) -> bool:
        return self.assignment.state == Assignment.State.MINTING and self.assignment.job.is_open

    @property
    def problem(self) -> str:
        """Why there is nothing to hand out; empty where there is, or will be."""
        if self.assignment.state == Assignment.State.MINTING and not self.assignment.job.is_open:
            return GIVEN_UP
        if self.assignment.state == Assignment.State.READY and not self.has_file:
            return "Its file is no longer on the server. It can be prepared again, the very same."
        return self.assignment.problem

    @property
    def is_grading(self) -> bool:
        return is_under_way(self.grading)

    @property
    def has_open_link(self) -> bool:
        return any(line.is_open for line in self.links)

    @property
    def is_moving(self) -> bool:
        """Something is being done in the background: the page looks again by itself."""
        return self.is_minting or self.is_grading or any(line.is_waiting for line in self.links)


@dataclass(frozen=True)
class InterviewKitPage:
    """`current` is the assignment that stands, `former` those that were withdrawn, the last first."""

    interview: Interview
    kits: Sequence[Kit]
    current: AssignmentLine | None
    former: Sequence[AssignmentLine]
    can_assign: bool
    stands_for: str

    @property
    def station_kit(self) -> str:
        """The kit the station names, as far as it ships and may be assigned."""
        name = self.interview.plan_station.version.station.kit
        return name if any(kit.id == name for kit in self.kits) else ""


def craft_interviews(user: Any) -> QuerySet[Interview]:
    """Interviews of AI craft stations this person may see."""
    return (
        Interview.objects.visible_to(user)
        .filter(plan_station__version__station__kind=Station.Kind.AI_CRAFT)
        .select_related(
            "candidacy__candidate", "candidacy__role", "plan_station__version__station", "plan_station__plan"
        )
    )


def interview_kit_page(*, interview: Interview, user: Any, now: dt.datetime) -> InterviewKitPage:
    lines = assignment_lines(interview=interview, user=user, now=now)
    current = next((line for line in lines if line.is_standing), None)
    is_open = interview.state != Interview.State.CANCELLED and interview.candidacy.state == Candidacy.State.ACTIVE
    return InterviewKitPage(
        interview=interview,
        kits=kits_to_assign() if user.runs_hiring else (),
        current=current,
        former=[line for line in lines if not line.is_standing],
        can_assign=user.runs_hiring and is_open,
        stands_for=kit_title(interview.plan_station.version.station.kit),
    )


def assignment_lines(*, interview: Interview, user: Any, now: dt.datetime) -> list[AssignmentLine]:
    """All assignments of an interview, the last first; links for those who may hand them out."""
    links = CandidateLink.objects.visible_to(user).select_related("job", "made_by", "closed_by").order_by("-pk")
    found = (
        Assignment.objects.visible_to(user)
        .filter(interview=interview)
        .select_related("job", "assigned_by", "withdrawn_by", "interview__candidacy__candidate")
        .defer("record")
        .annotate(result_is_open=Exists(Assignment.objects.result_open_to(user).filter(pk=OuterRef("pk"))))
        .prefetch_related(Prefetch("links", links), Prefetch("submissions", Submission.objects.order_by("-pk")))
        .order_by("-pk")
    )
    rows = list(found)
    gradings = _latest_gradings(rows, user)
    return [
        AssignmentLine(
            assignment=row,
            title=kit_title(row.kit),
            links=[LinkLine(link, at=now) for link in row.links.all()],
            submissions=list(row.submissions.all()),
            grading=gradings.get(row.pk),
            result_is_open=row.result_is_open,
            has_file=row.state != Assignment.State.READY or (Path(settings.CRAFT_DIR) / row.file_name).is_file(),
            at=now,
        )
        for row in rows
    ]


def _latest_gradings(rows: Sequence[Assignment], user: Any) -> dict[int, Grading]:
    """The latest of each assignment this person may read, without their reports."""
    found = (
        Grading.objects.visible_to(user)
        .filter(submission__assignment__in=[row.pk for row in rows])
        .select_related("submission", "job")
        .defer("report")
        .order_by("pk")
    )
    return {grading.submission.assignment_id: grading for grading in found}


def is_under_way(grading: Grading | None) -> bool:
    return grading is not None and grading.state == Grading.State.QUEUED and grading.job.is_open


def latest_submission(assignment: Assignment) -> Submission | None:
    return assignment.submissions.order_by("-pk").first()


def due_to_grade(*, now: dt.datetime) -> list[Assignment]:
    """Whose link's time is over, and whose last upload nobody has had graded."""
    last = Submission.objects.filter(assignment=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    found = (
        Assignment.objects.standing()
        .filter(expires_at__lte=now)
        .annotate(last=Subquery(last))
        .filter(last__isnull=False)
        .exclude(Exists(Grading.objects.filter(submission=OuterRef("last"))))
        .select_related("interview__candidacy")
        .defer("record")
        .order_by("pk")
    )
    return [assignment for assignment in found if is_going_on(assignment)]
