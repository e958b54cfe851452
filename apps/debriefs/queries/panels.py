"""All that one person may read of what panels wrote, of many candidacies at once. Ratings only through `visible_to`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Prefetch

from apps.debriefs.models import Debrief, Decision, Vote
from apps.interviews.models import (
    Candidacy,
    Interview,
    PinnedRequirement,
    PinnedRubric,
    Rating,
    Scorecard,
    Seat,
)
from apps.interviews.queries import AmendmentLine, amendments_of, informed_seats
from apps.library.models import station_texts
from apps.loops.models import Blindness

Row = TypeVar("Row")


@dataclass(frozen=True)
class Quorum:
    """How far a panel is on the way to its debrief. `needed` is None where everybody has to submit first."""

    needed: int | None
    submitted: int
    is_complete: bool

    @property
    def is_reached(self) -> bool:
        enough = self.needed is not None and self.submitted >= self.needed
        return self.submitted > 0 and (self.is_complete or enough)


@dataclass(frozen=True)
class PanelRows:
    """What one person may read of what a panel wrote, now, and what it wrote that on.

    `scorecards`: those that stand, with their ratings, in the order of the interviews; `amendments` by their ids: how
    each came to say what it says. `votes` as far as they may see them; `voted`: who has cast a second one. `informed`:
    (interview, interviewer) of everybody who had read others' ratings before giving these. `interviews`: all, the
    cancelled ones too, in order, each with the seats that are assigned. `owing`: seats without a scorecard that are
    waited for.
    """

    scorecards: list[Scorecard]
    amendments: dict[int, tuple[AmendmentLine, ...]]
    decision: Decision | None
    debrief: Debrief | None
    votes: list[Vote]
    voted: frozenset[int]
    requirements: list[PinnedRequirement]
    rubrics: list[PinnedRubric]
    informed: frozenset[tuple[int, int]]
    interviews: list[Interview]
    owing: tuple[Seat, ...]
    quorum: Quorum


def panel_rows(*, candidacy: Candidacy, user: Any) -> PanelRows:
    return panels_of([candidacy], user=user)[candidacy.pk]


def panels_of(candidacies: Sequence[Candidacy], *, user: Any) -> dict[int, PanelRows]:
    """By candidacy, in as many queries for forty as for one. Only for whoever may read them all (`open_to`)."""
    interviews = _by(lambda row: row.candidacy_id, _interviews(candidacies))
    scorecards = _by(lambda row: row.interview.candidacy_id, _scorecards(candidacies, user))
    decisions = Decision.objects.visible_to(user).filter(candidacy__in=candidacies).select_related("decided_by")
    debriefs = Debrief.objects.visible_to(user).filter(candidacy__in=candidacies).select_related("opened_by")
    decision_of = {row.candidacy_id: row for row in decisions.order_by("pk")}
    debrief_of = {row.candidacy_id: row for row in debriefs.order_by("pk")}
    votes, voted = _votes(list(debrief_of.values()), user)
    requirements = PinnedRequirement.objects.filter(candidacy__in=candidacies).select_related("competency")
    rubrics = PinnedRubric.objects.filter(candidacy__in=candidacies).select_related("rubric__competency")
    required = _by(lambda row: row.candidacy_id, requirements.order_by("pk"))
    pinned = _by(lambda row: row.candidacy_id, rubrics.order_by("pk"))
    informed = informed_seats(candidacies=candidacies)
    owing = _by(lambda row: row.interview.candidacy_id, _owing(candidacies))
    amended = [card for cards in scorecards.values() for card in cards if card.amends_id]
    amendments = amendments_of(amended, user=user) if amended else {}
    quorums = quorums_of(candidacies)
    found = {}
    for candidacy in candidacies:
        pk = candidacy.pk
        place = {row.pk: number for number, row in enumerate(interviews[pk])}
        cards = sorted(scorecards[pk], key=lambda card: (place[card.interview_id], card.pk))
        found[pk] = PanelRows(
            scorecards=cards,
            amendments={card.pk: amendments.get(card.pk, ()) for card in cards},
            decision=decision_of.get(pk),
            debrief=debrief_of.get(pk),
            votes=votes[pk],
            voted=frozenset(voted[pk]),
            requirements=required[pk],
            rubrics=pinned[pk],
            informed=informed[pk],
            interviews=interviews[pk],
            owing=tuple(owing[pk]),
            quorum=quorums[pk],
        )
    return found


def quorums_of(candidacies: Iterable[Candidacy]) -> dict[int, Quorum]:
    """A quorum opens a debrief early only where the panel reads after each one's own scorecard.

    Elsewhere some of those who have submitted could not read yet, so everybody submits first.
    """
    candidacies = list(candidacies)
    cards = Scorecard.objects.current().filter(interview__candidacy__in=candidacies).order_by("pk")
    submitted = list(cards.values_list("interview__candidacy", flat=True))
    waiting = set(
        Candidacy.objects.incomplete()
        .filter(pk__in=[one.pk for one in candidacies])
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return {
        one.pk: Quorum(
            needed=one.role.quorum if one.blindness == Blindness.AFTER_OWN else None,
            submitted=submitted.count(one.pk),
            is_complete=one.pk not in waiting,
        )
        for one in candidacies
    }


def _by(key: Callable[[Any], int], rows: Iterable[Row]) -> defaultdict[int, list[Row]]:
    """Rows by the candidacy they belong to, in the order in which they come."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _interviews(candidacies: Sequence[Candidacy]) -> Iterable[Interview]:
    seats = Seat.objects.assigned().select_related("interviewer").order_by("pk")
    return (
        Interview.objects.filter(candidacy__in=candidacies)
        .select_related("plan_station__version__station")
        .defer(*station_texts("plan_station__version"))
        .prefetch_related(Prefetch("seats", seats))
        .in_order()
    )


def _scorecards(candidacies: Sequence[Candidacy], user: Any) -> Iterable[Scorecard]:
    ratings = Rating.objects.visible_to(user).select_related("competency").order_by("pk")
    return (
        Scorecard.objects.visible_to(user)
        .current()
        .filter(interview__candidacy__in=candidacies)
        .select_related("interviewer", "entered_by", "interview__plan_station__version__station")
        .select_related("interview__candidacy")
        .defer(*station_texts("interview__plan_station__version"))
        .prefetch_related(Prefetch("ratings", ratings))
        .order_by("pk")
    )


def _votes(debriefs: Sequence[Debrief], user: Any) -> tuple[defaultdict[int, list[Vote]], Mapping[int, Sequence[int]]]:
    """By candidacy: the votes this person may see, and who has cast a second one, which is no secret."""
    candidacy_of = {debrief.pk: debrief.candidacy_id for debrief in debriefs}
    if not debriefs:
        return defaultdict(list), defaultdict(list)
    seen = Vote.objects.visible_to(user).filter(debrief__in=debriefs).order_by("pk")
    second = Vote.objects.filter(debrief__in=debriefs, round=Vote.Round.SECOND).order_by("pk")
    voted: defaultdict[int, list[int]] = defaultdict(list)
    for debrief, voter in second.values_list("debrief", "voter"):
        voted[candidacy_of[debrief]].append(voter)
    return _by(lambda vote: candidacy_of[vote.debrief_id], seen), voted


def _owing(candidacies: Sequence[Candidacy]) -> Iterable[Seat]:
    return (
        Seat.objects.owing()
        .filter(interview__candidacy__in=candidacies)
        .select_related("interviewer", "interview__plan_station__version")
        .defer(*station_texts("interview__plan_station__version"))
        .order_by("pk")
    )
