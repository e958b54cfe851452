"""One candidacy as plain values, with marks in every text that say who may read it.

KEY: answer keys, for interviewers. OPEN: for everybody. PANEL: what interviewers wrote, for a debrief.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from apps.debriefs.core.parity import Deviation, Kind
from apps.debriefs.core.parity import Parity as Compared
from apps.packets.core import panel as panels
from apps.packets.core.source import (
    CompetencySource,
    DecisionSource,
    GuideStepSource,
    InterviewSource,
    LevelSource,
    QuestionSource,
    RatingSource,
    RequirementSource,
    RubricSource,
    ScorecardSource,
    SeatSource,
    Source,
    StationSource,
)

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
HELD = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)


def competency(key: str) -> CompetencySource:
    return CompetencySource(
        key=key,
        name=f"OPEN {key}",
        definition=f"OPEN definition of {key}",
        rubric=RubricSource(
            number=2,
            no_evidence_when=f"KEY no evidence {key}",
            levels=tuple(
                LevelSource(number, f"Level {number}", (f"KEY anchor {key} {number}a", f"KEY anchor {key} {number}b"))
                for number in (1, 2, 3, 4)
            ),
        ),
    )


def station(name: str, competencies: tuple[str, ...]) -> StationSource:
    return StationSource(
        name=f"OPEN {name}",
        version=3,
        format=f"OPEN format {name}",
        minutes=60,
        preparation_minutes=20,
        purpose=f"KEY purpose {name}",
        brief=f"OPEN brief {name}, first line\nsecond line.\n\nAnother paragraph.",
        ai_policy="encouraged",
        ai_policy_reason=f"OPEN reason {name}",
        guide=(GuideStepSource(0, f"KEY begin {name}"), GuideStepSource(25, f"KEY middle {name}")),
        questions=(
            QuestionSource(
                ask=f"KEY ask {name}",
                probes=(f"KEY probe {name}",),
                weak=f"KEY weak answer {name}",
                sound=f"KEY sound answer {name}",
                exceptional=f"KEY exceptional answer {name}",
            ),
        ),
        weak=(f"KEY weak {name}",),
        strong=(f"KEY strong {name}",),
        red_flags=(f"KEY red {name}",),
        green_flags=(f"KEY green {name}",),
        could_mislead=f"KEY mislead {name}",
        competencies=competencies,
    )


def seat(key: str, name: str, *, excused: bool = False) -> SeatSource:
    return SeatSource(interviewer=key, name=name, time_zone="America/New_York", excused=excused)


def scorecard(interview: str, interviewer: str, levels: dict[str, int | None], word: str = "Yes") -> ScorecardSource:
    return ScorecardSource(
        interview=interview,
        interviewer=interviewer,
        name=f"Rater {interviewer}",
        recommendation=word,
        submitted_at=NOW,
        ratings=tuple(
            RatingSource(competency=key, level=level, evidence=f"PANEL {interview} {interviewer} {key}")
            for key, level in levels.items()
        ),
    )


def said(meets: float, says: str, *, is_below: bool = False) -> panels.Said:
    drawn = panels.Interval(low=20, at=44, high=66, goes_on_left=False, goes_on_right=False, is_below=is_below)
    return panels.Said(meets, says, 2, 2, 3, 2.3, 1.6, 3.1, drawn)


def line(name: str, marks: tuple[panels.MarkSource, ...], **changes: Any) -> panels.LineSource:
    made = panels.LineSource(
        competency=f"OPEN {name}",
        bar=3,
        must_pass=True,
        adjusted=said(0.12, "probably_not", is_below=True),
        unadjusted=said(0.14, "probably_not", is_below=True),
        before=0.5,
        ratings=len(marks),
        mean=7 / 3,
        mean_is_below=True,
        signals=2,
        min_signals=2,
        apart=0,
        has_bar=True,
        is_seen=True,
        is_contested=False,
        is_missed=True,
        says_otherwise=False,
        bar_at=50,
        bands=tuple(panels.Band(level, 22 * (level - 1), 22) for level in (1, 2, 3, 4)),
        marks=marks,
    )
    return dataclasses.replace(made, **changes)


def mark(interview: str, interviewer: str, level: int | None, **changes: Any) -> panels.MarkSource:
    at = 94.0 if level is None else 22 * level - 11
    made = panels.MarkSource(
        interview=interview, interviewer=interviewer, initials="XX", level=level, at=at, adjusted_at=None,
        counts_as=None, is_informed=False,
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


def reading(**changes: Any) -> panels.ReadingSource:
    """Craft is missed by three ratings, systems a gap; nobody's severity is used."""
    craft = (mark("10", "1", 2), mark("10", "2", 3, adjusted_at=44.0, counts_as=2.5), mark("11", "3", 2))
    made = panels.ReadingSource(
        lines=(
            line("systems", (mark("11", "3", None),), is_seen=False, is_missed=False, mean=None, mean_is_below=False),
            line("craft", craft),
        ),
        has_gutter=True,
        together=panels.Together(0.05, 0.06, "very_unlikely", 2, ("OPEN systems",), (), "OPEN craft"),
        stability=(
            panels.Stability(
                way="without_interviewer", person="Rater 1", outcome_changes=True, counts_levels=False,
                changes=(panels.Changed("OPEN craft", True, 0.4, 0.6),), all_before=0.05, all_after=0.2,
            ),
            panels.Stability("median", "", False, True, (), None, None),
        ),
        outcome_changes=1,
        single_bars=0,
        ways=3,
        otherwise=(),
        changes_by_levels=False,
        surprises=(panels.Surprise("Rater 2", "OPEN craft", 3, 2.1, 0.03, False),),
        by_chance=0.2,
        ratings=3,
        informed=0,
        people=(panels.Person("Rater 1", "", 9, 0.3, 0.1, 0.5), panels.Person("Rater 2", "short_history", 2)),
        others=1,
        settling=panels.Settling(
            answer="helps",
            best=panels.StationToHold(
                name="OPEN incident", minutes=45, interviewers=1,
                sharpens=panels.Sharpened("OPEN systems", 0.4, 0.2, True),
                is_again=False, over_candidate=0, over_interviewers=0, is_one_too_many=False, trained=("Jun Watanabe",),
            ),
            candidate_left=60, candidate_minutes=300, asked=12, measuring=4,
        ),
        is_estimated=False,
        is_small=True,
        candidates=4,
        least_candidates=30,
        least_history=5,
        calibrated_on=None,
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


def voice(person: str, first: str, second: str = "", **changes: Any) -> panels.VoiceSource:
    made = panels.VoiceSource(
        person=person, first=first, second=second, has_voted=bool(second), way="stayed" if second else "not_cast",
        size=0, crossed=False, reason="", is_late=False, cards=(panels.CardVote("OPEN agent", first),),
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


def meeting(**changes: Any) -> panels.MeetingSource:
    """A debrief that has closed; Rater 2 changed their mind."""
    made = panels.MeetingSource(
        opened_at=NOW,
        opened_by="Ada Lindqvist",
        reading_until=NOW,
        closed_at=NOW,
        step="closed",
        agenda=tuple(panels.AgendaStep(step, "done") for step in ("reading", "voting", "discussion", "closed")),
        voices=(
            voice("Rater 1", "No", "No"),
            voice(
                "Rater 2", "Strong yes", "No", way="down", size=2, crossed=True, reason="PANEL the replay log",
            ),
            voice("Rater 3", "Yes"),
        ),
        tally=(panels.TallySource("No", 1, 2), panels.TallySource("Yes", 1, 0)),
        sees_second=True,
        on_panel=False,
        is_split=True,
        is_over=True,
        quorum=None,
        submitted=3,
        is_ready=True,
        decider_apart=False,
        otherwise=("Rater 3",),
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


def parity() -> panels.Parity:
    """One deviation, and ten minutes more that were arranged."""
    found = (
        Deviation(Kind.UNTRAINED, "agent", ("1",), None, alike=0, others=4),
        Deviation(Kind.MINUTES, "queue", 70, 60, alike=0, others=4, arranged=True),
    )
    compared = Compared(
        deviations=found, others=4, stations=2, minutes=130, people=3, days=1, usual_stations=2.0, usual_minutes=120.0,
        usual_people=3.0, usual_days=1.0,
    )  # fmt: skip
    return panels.Parity(
        compared=compared,
        lines=(
            panels.ParityLine(found[0], "OPEN agent", ("Rater 1",)),
            panels.ParityLine(found[1], "OPEN queue", ()),
        ),
        accommodation="Ten minutes more in each station.",
    )


def panel(**changes: Any) -> panels.PanelSource:
    return dataclasses.replace(panels.PanelSource(meeting=meeting(), parity=parity(), reading=reading()), **changes)


def source(**changes: Any) -> Source:
    """Two interviews, three interviewers; everything filled in."""
    made = Source(
        as_of=NOW,
        candidate="Noor van Dijk",
        candidate_time_zone="Europe/Lisbon",
        arrangement="Ten minutes more in each station.",
        role="AI product engineer",
        plan_number=4,
        weights_reason="PANEL because craft carries the job",
        competencies=(competency("craft"), competency("systems"), competency("words")),
        requirements=(
            RequirementSource("craft", weight=2, bar=3, must_pass=True, min_signals=2),
            RequirementSource("systems", weight=1, bar=3, must_pass=True, min_signals=1),
        ),
        interviews=(
            InterviewSource(
                key="10",
                position=1,
                station=station("agent", ("craft", "words")),
                starts_at=HELD,
                ends_at=HELD + dt.timedelta(minutes=60),
                seats=(seat("1", "Ben Okafor"), seat("2", "Mirela Popescu")),
            ),
            InterviewSource(
                key="11",
                position=2,
                station=station("queue", ("systems", "craft")),
                starts_at=None,
                ends_at=None,
                seats=(seat("3", "Jun Watanabe"), seat("4", "Sofia Reyes", excused=True)),
            ),
        ),
        scorecards=(
            scorecard("10", "1", {"craft": 2, "words": 4}, "No"),
            scorecard("10", "2", {"craft": 3, "words": 3}, "Strong yes"),
            scorecard("11", "3", {"systems": None, "craft": 2}),
        ),
        decision=DecisionSource(
            outcome="No offer",
            reasons="PANEL reasons",
            conditions="PANEL conditions",
            dissent="PANEL dissent",
            decided_by="Cleo Marchetti",
            decided_at=NOW,
        ),
        panel=panel(),
    )
    return dataclasses.replace(made, **changes)


def texts(value: Any) -> Iterator[str]:
    """Every text anywhere inside a dataclass, a tuple or a dictionary."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from texts(part)


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The same values with every text changed, except what is a key, a zone or a word from a fixed list."""
    fixed = {"key", "interview", "interviewer", "competency", "competencies", "candidate_time_zone", "time_zone"}
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(with_texts(part, change) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        is_keys = isinstance(value, StationSource | RatingSource | RequirementSource)
        return dataclasses.replace(
            value,
            **{
                field.name: with_texts(getattr(value, field.name), change)
                for field in dataclasses.fields(value)
                if field.name not in fixed or (field.name in ("competency", "competencies") and not is_keys)
            },
        )
    return value
