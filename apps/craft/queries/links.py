"""Private links: which assignment a token opens, and what its candidate sees there."""

import datetime as dt
import hashlib
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.db.models import F, Q

from apps.craft.core.kits import Kit
from apps.craft.models import Assignment, CandidateLink, Submission
from apps.craft.queries.kits import kit_named
from apps.interviews.models import Candidacy, Interview

# Signed, so that a token that was never made is refused without a question to the database.
TOKENS = Signer(salt="craft.private-link", sep=".")
SHOWN, SENDING, SENT = CandidateLink.State.SHOWN, CandidateLink.State.SENDING, CandidateLink.State.SENT


def digest_of(secret: str) -> str:
    """Without salt and stretching: the secret is random and long, no word that one could try out."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_link(token: str) -> CandidateLink | None:
    """None for what was never a link, was closed, or went to an address that is the candidate's no more.

    One that has expired is found: whoever holds it is told so, and reads the receipt of what they handed in.
    """
    try:
        secret = TOKENS.unsign(token)
    except BadSignature:
        return None
    same_address = Q(address__iexact=F("assignment__interview__candidacy__candidate__email"))
    links = CandidateLink.objects.filter(
        Q(state=SHOWN) | Q(same_address, state__in=(SENDING, SENT)), digest=digest_of(secret), closed_at=None
    )
    return links.select_related(
        "assignment__interview__candidacy__candidate",
        "assignment__interview__candidacy__role",
        "assignment__interview__plan_station__version__station",
        "assignment__assigned_by",
    ).defer("assignment__record").first()  # fmt: skip


@dataclass(frozen=True)
class PrivatePage:
    """What a candidate sees: the brief, their own uploads, and nothing of how they were graded."""

    assignment: Assignment
    kit: Kit | None
    title: str
    submissions: Sequence[Submission]
    now: dt.datetime

    @property
    def state(self) -> str:
        """One of: withdrawn, expired, not_ready, ready, received."""
        if not is_going_on(self.assignment):
            return "withdrawn"
        if self.assignment.expires_at <= self.now:
            return "expired"
        if self.assignment.state != Assignment.State.READY:
            return "not_ready"
        return "received" if self.submissions else "ready"

    @property
    def takes_work(self) -> bool:
        return self.state in ("ready", "received")

    @property
    def is_of_station(self) -> bool:
        """The station is made for this kit: what it says of AI assistants holds here. Else the kit's own word does."""
        return self.assignment.interview.plan_station.version.station.kit == self.assignment.kit

    @property
    def latest(self) -> Submission | None:
        return self.submissions[0] if self.submissions else None


def private_page(link: CandidateLink, *, now: dt.datetime) -> PrivatePage:
    assignment = link.assignment
    kit = kit_named(assignment.kit)
    return PrivatePage(
        assignment=assignment,
        kit=kit,
        title=kit.title if kit else assignment.interview.plan_station.version.name,
        submissions=list(assignment.submissions.order_by("-pk")),
        now=now,
    )


def is_going_on(assignment: Assignment) -> bool:
    """Not withdrawn, neither itself nor with its interview or its candidacy."""
    interview = assignment.interview
    return (
        assignment.state != Assignment.State.WITHDRAWN
        and interview.state != Interview.State.CANCELLED
        and interview.candidacy.state == Candidacy.State.ACTIVE
    )


def zone_of_candidate(assignment: Assignment) -> zoneinfo.ZoneInfo:
    """Their own; UTC where the profile names none that exists."""
    try:
        return zoneinfo.ZoneInfo(assignment.interview.candidacy.candidate.time_zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return zoneinfo.ZoneInfo("UTC")
