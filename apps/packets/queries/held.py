"""Everything that is held about a candidate in one candidacy: what a subject-access copy is made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.craft.models import Assignment, CandidateLink, Grading, Submission
from apps.debriefs.models import Debrief, Decision, Vote
from apps.interviews.models import (
    CalibrationItem,
    Candidacy,
    Candidate,
    Interview,
    Rating,
    Reminder,
    Scorecard,
    Seat,
)
from apps.packets.models import Packet, Sending

SECOND_VOTE_VERB = "cast second vote"


@dataclass(frozen=True)
class HeldRows:
    """`people` are those who occur in the rows, interviewers first in the order of the loop; `interviewers` their ids.

    `votes_withheld`: the second vote is under way, and this reader may not see who voted what.
    """

    candidacy: Candidacy
    others: int
    interviews: list[Interview]
    scorecards: list[Scorecard]
    debrief: Debrief | None
    votes: list[Vote]
    votes_withheld: bool
    decision: Decision | None
    packets: list[Packet]
    sendings: list[Sending]
    kits: list[Assignment]
    reminders: list[Reminder]
    items: list[CalibrationItem]
    lines: list[AuditLine]
    people: list[User]
    interviewers: frozenset[int]
    other_candidates: list[str]
    other_staff: list[str]


def held_rows(*, candidacy: Candidacy, user: Any) -> HeldRows:
    """Drafts and private notes too, which no page shows to others; nothing where `user` may not read the panel.

    Raises Candidacy.DoesNotExist there.
    """
    readable = Candidacy.objects.open_to(user).select_related("candidate", "role", "plan")
    candidacy = readable.get(pk=candidacy.pk)
    interviews = list(
        Interview.objects.filter(candidacy=candidacy)
        .select_related("plan_station__version", "plan_station__plan")
        .prefetch_related(Prefetch("seats", Seat.objects.select_related("interviewer").order_by("pk")))
        .in_order()
    )
    place = {interview.pk: position for position, interview in enumerate(interviews)}
    scorecards = sorted(
        _scorecards(candidacy), key=lambda card: (place[card.interview_id], card.interviewer_id, card.pk)
    )
    debrief = Debrief.objects.filter(candidacy=candidacy).select_related("opened_by").first()
    rows: dict[str, Any] = {
        "interviews": interviews,
        "scorecards": scorecards,
        "debrief": debrief,
        "votes": list(
            Vote.objects.visible_to(user)
            .filter(debrief__candidacy=candidacy)
            .select_related("voter")
            .order_by("round", "cast_at", "pk")
        ),
        "decision": Decision.objects.filter(candidacy=candidacy).select_related("decided_by").first(),
        "packets": list(
            Packet.objects.filter(candidacy=candidacy)
            .select_related("interview__plan_station__version", "reader", "requested_by", "job")
            .order_by("pk")
        ),
        "sendings": list(
            Sending.objects.filter(packet__candidacy=candidacy)
            .select_related("packet", "to_person", "requested_by", "private_link")
            .order_by("pk")
        ),
        "kits": _kits(candidacy),
        "reminders": list(
            Reminder.objects.filter(seat__interview__candidacy=candidacy)
            .select_related("seat__interviewer", "seat__interview__plan_station__version")
            .order_by("sent_at", "pk")
        ),
        "items": list(_items(candidacy.candidate)),
    }
    rows["lines"] = _lines(candidacy, interviews=interviews, scorecards=scorecards, kits=rows["kits"])
    withheld = debrief is not None and _votes_withheld(debrief, user)
    if withheld:
        rows["lines"] = [line for line in rows["lines"] if line.verb != SECOND_VOTE_VERB]
    interviewers = {person.pk: person for person in _panel(interviews, scorecards)}
    people = {**interviewers, **{person.pk: person for person in _others(rows)}}
    return HeldRows(
        candidacy=candidacy,
        others=candidacy.candidate.candidacies.exclude(pk=candidacy.pk).count(),
        votes_withheld=withheld,
        people=list(people.values()),
        interviewers=frozenset(interviewers),
        other_candidates=list(
            Candidate.objects.exclude(pk=candidacy.candidate_id).order_by("pk").values_list("name", flat=True)
        ),
        other_staff=list(User.objects.exclude(pk__in=people).order_by("pk").values_list("name", flat=True)),
        **rows,
    )


def _scorecards(candidacy: Candidacy) -> QuerySet[Scorecard]:
    ratings = Rating.objects.select_related("competency").order_by("pk")
    return (
        Scorecard.objects.filter(interview__candidacy=candidacy)
        .select_related("interview__plan_station__version", "interviewer", "entered_by")
        .prefetch_related(Prefetch("ratings", ratings))
        .order_by("pk")
    )


def _kits(candidacy: Candidacy) -> list[Assignment]:
    """The kits with their links, what was handed in, and how that was graded; without what is planted in them."""
    gradings = Prefetch("gradings", Grading.objects.select_related("asked_by").order_by("pk"))
    return list(
        Assignment.objects.filter(interview__candidacy=candidacy)
        .select_related("interview__plan_station__version", "assigned_by", "withdrawn_by")
        .defer("record")
        .prefetch_related(
            Prefetch("links", CandidateLink.objects.select_related("made_by", "closed_by").order_by("pk")),
            Prefetch("submissions", Submission.objects.prefetch_related(gradings).order_by("pk")),
        )
        .order_by("pk")
    )


def _votes_withheld(debrief: Debrief, user: Any) -> bool:
    """As `Vote.objects.visible_to`: until somebody has voted themselves or the voting is over."""
    if debrief.step in (Debrief.Step.DISCUSSION, Debrief.Step.CLOSED):
        return False
    return not Vote.objects.filter(debrief=debrief, voter=user, round=Vote.Round.SECOND).exists()


def _items(candidate: Candidate) -> QuerySet[CalibrationItem]:
    """An item knows no candidate: it is theirs where it names them."""
    named = Q(pk=None)
    for word in (candidate.name, candidate.email):
        named |= Q(title__icontains=word) | Q(material__icontains=word)
    return CalibrationItem.objects.filter(named).select_related("version", "created_by").order_by("created_at", "pk")


def _lines(
    candidacy: Candidacy, *, interviews: list[Interview], scorecards: list[Scorecard], kits: list[Assignment]
) -> list[AuditLine]:
    seats = [seat for interview in interviews for seat in interview.seats.all()]
    about = Q(pk=None)
    handed_in = [submission for kit in kits for submission in kit.submissions.all()]
    graded = [grading for submission in handed_in for grading in submission.gradings.all()]
    links = [link for kit in kits for link in kit.links.all()]
    of_all: list[list[Any]] = [
        [candidacy], [candidacy.candidate], interviews, scorecards, seats, kits, links, handed_in, graded,
    ]  # fmt: skip
    for things in of_all:
        if things:
            ids = [str(thing.pk) for thing in things]
            about |= Q(object_type=things[0]._meta.label, object_id__in=ids)
    return list(AuditLine.objects.filter(about).select_related("by").order_by("at", "pk"))


def _panel(interviews: list[Interview], scorecards: list[Scorecard]) -> Iterator[User]:
    for interview in interviews:
        for seat in interview.seats.all():
            yield seat.interviewer
    for card in scorecards:
        yield card.interviewer


def _others(rows: dict[str, Any]) -> Iterator[User]:
    """Everybody else who did something here. Whoever is of the panel keeps that place."""
    found = [card.entered_by for card in rows["scorecards"]]
    found += [rows["debrief"].opened_by] if rows["debrief"] else []
    found += [vote.voter for vote in rows["votes"]]
    found += [rows["decision"].decided_by] if rows["decision"] else []
    found += [person for packet in rows["packets"] for person in (packet.requested_by, packet.reader)]
    found += [person for sending in rows["sendings"] for person in (sending.requested_by, sending.to_person)]
    for kit in rows["kits"]:
        found += [kit.assigned_by, kit.withdrawn_by]
        found += [person for link in kit.links.all() for person in (link.made_by, link.closed_by)]
        found += [grading.asked_by for one in kit.submissions.all() for grading in one.gradings.all()]
    found += [item.created_by for item in rows["items"]]
    found += [line.by for line in rows["lines"]]
    return (person for person in found if person is not None)
