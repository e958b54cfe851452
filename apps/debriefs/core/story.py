"""What a panel's scorecards come to, in the few facts one would say first. Plain means and votes, no model; nothing
here decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.debriefs.core.aggregate import CompetencySummary, Need, Observation, Standing, summarise
from apps.debriefs.core.votes import AGAINST, FOR, SCALE

NEARLY_ALL = 0.8
FAR = 2
LEAST_OTHERS = 2


@dataclass(frozen=True)
class Missed:
    """A competency whose mean is below its bar. `levels` as given by so many `raters`, the lowest first."""

    competency: str
    bar: int
    mean: float
    levels: tuple[int, ...]
    raters: int

    @property
    def by_all(self) -> bool:
        """Everybody who rated it gave a level below the bar."""
        return max(self.levels) < self.bar

    @property
    def same(self) -> int | None:
        """The one level everybody gave, None where they differ."""
        return self.levels[0] if len(set(self.levels)) == 1 else None


@dataclass(frozen=True)
class Alone:
    """A rating two levels or more from each of the others of its competency, which at least two others gave.

    `decides`: competencies below their bars whether it stands or not. `tips`: without it this competency's mean
    would be on the other side of its bar, and nothing else is below.
    """

    interviewer: str
    competency: str
    level: int
    others: tuple[int, ...]
    decides: tuple[str, ...]
    tips: bool


@dataclass(frozen=True)
class Story:
    """`asked` are the must-pass competencies, or all of them where the role has none; each is in exactly one of
    `unrated`, `missed` and `held`.

    `because_of`: the one interviewer without whose ratings the mean of everything asked for and rated would be at its
    bar; None where nobody, or more than one person, is such a one. `recommend`: how many of the `voices` say yes.
    """

    has_must_pass: bool
    unrated: tuple[str, ...]
    missed: tuple[Missed, ...]
    held: tuple[str, ...]
    because_of: str | None
    alone: Alone | None
    voices: int
    recommend: int

    @property
    def asked(self) -> int:
        return len(self.unrated) + len(self.missed) + len(self.held)

    @property
    def is_clear(self) -> bool:
        return not self.unrated and not self.missed

    @property
    def nearly_all_recommend(self) -> bool:
        return self.voices > 0 and self.recommend >= NEARLY_ALL * self.voices

    @property
    def most_advise_against(self) -> bool:
        return 2 * self.recommend < self.voices


def tell(needs: Sequence[Need], observations: Sequence[Observation], votes: Mapping[str, str]) -> Story:
    """`votes`: what each person says now, by interviewer, one of `votes.SCALE`.

    Raises ValueError for a vote off that scale.
    """
    for choice in votes.values():
        if choice not in FOR | AGAINST:
            raise ValueError(f"a vote is one of {', '.join(SCALE)}, not {choice}")
    asked = [need for need in needs if need.must_pass] or list(needs)
    rows = summarise(asked, observations).competencies
    because_of = _because_of(asked, rows, observations)
    alone = _alone(rows, observations)
    return Story(
        has_must_pass=any(need.must_pass for need in needs),
        unrated=tuple(row.need.competency for row in rows if row.standing is Standing.GAP),
        missed=tuple(
            Missed(row.need.competency, row.need.bar, row.mean or 0.0, row.levels, _raters(row, observations))
            for row in rows
            if row.standing is Standing.BELOW
        ),
        held=tuple(row.need.competency for row in rows if row.standing is Standing.AT_OR_ABOVE),
        because_of=because_of,
        alone=None if alone is not None and alone.interviewer == because_of else alone,
        voices=len(votes),
        recommend=sum(choice in FOR for choice in votes.values()),
    )


def _raters(row: CompetencySummary, observations: Sequence[Observation]) -> int:
    name = row.need.competency
    return len({one.interviewer for one in observations if one.competency == name and one.level is not None})


def _because_of(
    asked: Sequence[Need], rows: Sequence[CompetencySummary], observations: Sequence[Observation]
) -> str | None:
    if all(row.standing is not Standing.BELOW for row in rows):
        return None
    rated = [need for need, row in zip(asked, rows, strict=True) if row.standing is not Standing.GAP]
    people = sorted({one.interviewer for one in observations if one.level is not None})
    found = [
        person
        for person in people
        if all(
            row.standing is Standing.AT_OR_ABOVE
            for row in summarise(rated, [one for one in observations if one.interviewer != person]).competencies
        )
    ]
    return found[0] if len(found) == 1 else None


def _alone(rows: Sequence[CompetencySummary], observations: Sequence[Observation]) -> Alone | None:
    """The first of those that tip something; else the first where something else decides."""
    found = []
    for row in rows:
        name = row.need.competency
        mine = [one for one in observations if one.competency == name and one.level is not None]
        decides = tuple(
            other.need.competency for other in rows if other is not row and other.standing is Standing.BELOW
        )
        for one in mine:
            rest = [other for other in mine if other is not one]
            people = {other.interviewer for other in rest} - {one.interviewer}
            far = all(abs((other.level or 0) - (one.level or 0)) >= FAR for other in rest)
            if len(people) < LEAST_OTHERS or not far:
                continue
            without = summarise([row.need], rest).competencies[0]
            tips = not decides and without.standing is not row.standing
            if tips or decides:
                found.append(Alone(one.interviewer, name, one.level or 0, without.levels, decides, tips))
    return next((one for one in found if one.tips), found[0] if found else None)
