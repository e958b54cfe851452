"""The meeting's rows as its page shows them: where it stands, who said what, and what this reader may do next."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import User
from apps.debriefs import queries
from apps.debriefs.core.votes import Voice, is_split, otherwise, tally
from apps.debriefs.models import Debrief, Decision, Vote
from apps.interviews.models import Candidacy, Scorecard, Seat
from apps.library.models import station_texts


@dataclass(frozen=True)
class PanelVoice:
    """One person of the panel: what they recommended, scorecard by scorecard, and how they voted.

    `voice.second` and `reason` only where the reader may see them; `has_voted` is no secret. `is_late`: the first vote
    is from a scorecard that came in after the debrief had opened.
    """

    person: User
    voice: Voice
    cards: tuple[Scorecard, ...]
    reason: str
    has_voted: bool
    is_late: bool

    @property
    def first(self) -> str:
        return Scorecard.Recommendation(self.voice.first).label

    @property
    def second(self) -> str:
        return Scorecard.Recommendation(self.voice.second).label if self.voice.second else ""

    @property
    def says(self) -> str:
        return Scorecard.Recommendation(self.voice.says).label

    @property
    def way(self) -> str:
        return self.voice.way.value


@dataclass(frozen=True)
class TallyLine:
    """How many said this, before and after. `second` is None while second votes are hidden from the reader."""

    label: str
    first: int
    second: int | None


@dataclass(frozen=True)
class AgendaLine:
    """One step of the agenda: done, now or next."""

    step: str
    state: str


@dataclass(frozen=True)
class Meeting:
    """The debrief as one reader sees it at one moment. `debrief` is None until it has opened; `step` "" then."""

    candidacy: Candidacy
    debrief: Debrief | None
    step: str
    quorum: queries.Quorum
    voices: tuple[PanelVoice, ...]
    sees_second: bool
    tally: tuple[TallyLine, ...]
    can_open: bool
    can_vote: bool
    can_move: bool
    can_decide: bool
    on_panel: bool
    kept_apart: bool
    owing: int

    @property
    def agenda(self) -> tuple[AgendaLine, ...]:
        """The four steps; the last is the decision, which closes the debrief."""
        steps = list(Debrief.Step)
        now = steps.index(Debrief.Step(self.step)) if self.step else -1
        words = {True: "done", False: "next"}
        return tuple(
            AgendaLine(step, "now" if place == now and step != Debrief.Step.CLOSED else words[place <= now])
            for place, step in enumerate(steps)
        )

    @property
    def voted(self) -> int:
        return sum(voice.has_voted for voice in self.voices)

    @property
    def missing(self) -> tuple[PanelVoice, ...]:
        return tuple(voice for voice in self.voices if not voice.has_voted)

    @property
    def moved(self) -> tuple[PanelVoice, ...]:
        return tuple(voice for voice in self.voices if voice.voice.steps)

    @property
    def is_split(self) -> bool:
        return is_split([voice.voice for voice in self.voices])

    @property
    def is_over(self) -> bool:
        return self.candidacy.state != Candidacy.State.ACTIVE

    @property
    def needs_meeting(self) -> bool:
        """A panel of one has nobody to meet; everybody else meets before something is decided."""
        return len(self.voices) > 1

    @property
    def against(self) -> dict[str, list[str]]:
        """For each outcome, whose vote points the other way."""
        return {outcome: names_otherwise(self.voices, outcome) for outcome in Decision.Outcome.values}


def panel_voices(
    *, cards: Iterable[Scorecard], votes: Iterable[Vote], voted: Collection[int]
) -> tuple[PanelVoice, ...]:
    """Scorecards that stand (with their interviewers) and votes, put together per person, by name."""
    by_person: dict[int, list[Scorecard]] = {}
    for card in cards:
        by_person.setdefault(card.interviewer_id, []).append(card)
    rounds = {(vote.voter_id, vote.round): vote for vote in votes}
    voices = []
    for person, own in by_person.items():
        own.sort(key=lambda card: (card.submitted_at, card.pk))
        first, second = rounds.get((person, Vote.Round.FIRST)), rounds.get((person, Vote.Round.SECOND))
        voice = Voice(
            person=person,
            first=first.choice if first else own[-1].recommendation,
            second=second.choice if second else None,
        )
        came = first.cast_at if first else own[-1].submitted_at
        opened = own[-1].interview.candidacy.debrief_opened_at
        voices.append(
            PanelVoice(
                person=own[-1].interviewer,
                voice=voice,
                cards=tuple(own),
                reason=second.reason if second else "",
                has_voted=person in voted,
                is_late=bool(opened and came and came > opened),
            )
        )
    return tuple(sorted(voices, key=lambda voice: (voice.person.name, voice.person.pk)))


def meeting_of(*, candidacy: Candidacy, user: Any, now: dt.datetime, panel: queries.PanelRows | None = None) -> Meeting:
    """The meeting for somebody who may see what others wrote (`Candidacy.objects.open_to`).

    `panel`: what they may read, where that was read just now.
    """
    panel = panel or queries.panel_rows(candidacy=candidacy, user=user)
    debrief, quorum, owing, voted = panel.debrief, panel.quorum, len(panel.owing), panel.voted
    voices = panel_voices(cards=panel.scorecards, votes=panel.votes, voted=voted)
    step = debrief.step_at(now) if debrief else ""
    has_voted, on_panel = user.pk in voted, any(voice.person.pk == user.pk for voice in voices)
    sees_second = has_voted or step in (Debrief.Step.DISCUSSION, Debrief.Step.CLOSED)
    active = candidacy.state == Candidacy.State.ACTIVE
    seated = any(seat.interviewer_id == user.pk for row in panel.interviews for seat in row.seats.all())
    kept_apart = candidacy.role.decider_apart and (seated or on_panel)
    met = step == Debrief.Step.DISCUSSION if debrief else len(voices) == 1
    return Meeting(
        candidacy=candidacy,
        debrief=debrief,
        step=step,
        quorum=quorum,
        voices=voices,
        sees_second=sees_second,
        tally=_tally(voices, sees_second=sees_second),
        can_open=active and debrief is None and quorum.is_reached and user.runs_hiring,
        can_vote=active and step == Debrief.Step.VOTING and on_panel and not has_voted,
        can_move=active and user.runs_hiring and step in (Debrief.Step.READING, Debrief.Step.VOTING),
        can_decide=active and user.is_leader and not owing and met and not kept_apart,
        on_panel=on_panel,
        kept_apart=kept_apart and user.is_leader,
        owing=owing,
    )


def voices_for_decision(*, candidacy: Candidacy) -> tuple[PanelVoice, ...]:
    """Everybody's voice, for the verb that records the decision."""
    votes = list(Vote.objects.filter(debrief__candidacy=candidacy).order_by("pk"))
    voted = {vote.voter_id for vote in votes if vote.round == Vote.Round.SECOND}
    cards = (
        Scorecard.objects.current()
        .filter(interview__candidacy=candidacy)
        .select_related("interviewer", "interview__plan_station__version", "interview__candidacy")
        .defer(*station_texts("interview__plan_station__version"))
        .order_by("pk")
    )
    return panel_voices(cards=cards, votes=votes, voted=voted)


def is_of_panel(*, candidacy: Candidacy, user: Any) -> bool:
    """Whoever has a seat in one of this candidacy's interviews, or wrote a scorecard in one."""
    seats = Seat.objects.assigned().filter(interview__candidacy=candidacy, interviewer=user)
    cards = Scorecard.objects.submitted().filter(interview__candidacy=candidacy, interviewer=user)
    return seats.exists() or cards.exists()


def names_otherwise(voices: Sequence[PanelVoice], outcome: str) -> list[str]:
    """Whose vote points the other way than this outcome; none for an outcome nobody knows."""
    if outcome not in Decision.Outcome.values:
        return []
    people = otherwise([voice.voice for voice in voices], outcome)
    return [voice.person.name for voice in voices if voice.person.pk in people]


def _tally(voices: Sequence[PanelVoice], *, sees_second: bool) -> tuple[TallyLine, ...]:
    first = tally([voice.voice.first for voice in voices])
    second = tally([voice.voice.second for voice in voices if voice.voice.second])
    return tuple(
        TallyLine(
            label=Scorecard.Recommendation(choice).label, first=first[choice],
            second=second[choice] if sees_second else None,
        )
        for choice in first
    )  # fmt: skip
