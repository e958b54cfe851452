"""The story at the top of the debrief, with names. From the page's own rows, so only what its reader may see."""

from dataclasses import dataclass

from apps.debriefs.core.aggregate import Observation
from apps.debriefs.core.story import Missed, Story, tell
from apps.debriefs.translate.matrix import DebriefPage, DebriefRow, to_needs
from apps.debriefs.translate.meeting import Meeting, TallyLine


@dataclass(frozen=True)
class MissedLine:
    row: DebriefRow
    missed: Missed


@dataclass(frozen=True)
class AloneLine:
    """A rating far from all others of its competency; `decides` stand below their bars with it and without."""

    row: DebriefRow
    name: str
    level: int
    others: tuple[int, ...]
    decides: tuple[str, ...]
    tips: bool


@dataclass(frozen=True)
class StoryPage:
    """`tally` with the highest recommendation first. `because_of` is "" where it is not about one person."""

    story: Story
    unrated: tuple[str, ...]
    missed: tuple[MissedLine, ...]
    because_of: str
    alone: AloneLine | None
    tally: tuple[TallyLine, ...]

    @property
    def names_missed(self) -> tuple[str, ...]:
        return tuple(line.row.competency.name for line in self.missed)

    @property
    def by_all(self) -> tuple[MissedLine, ...]:
        return tuple(line for line in self.missed if line.missed.by_all)

    @property
    def by_mean(self) -> tuple[MissedLine, ...]:
        return tuple(line for line in self.missed if not line.missed.by_all)


def story_page(*, page: DebriefPage, meeting: Meeting) -> StoryPage | None:
    """None where there is nothing to tell yet: no scorecard, or a role that asks for nothing."""
    if not page.scorecards or not page.rows:
        return None
    rows = {row.competency.slug: row for row in page.rows}
    names = {str(card.interviewer_id): card.interviewer.name for card in page.scorecards}
    found = tell(
        to_needs(row.requirement for row in page.rows),
        [
            Observation(
                competency=row.competency.slug,
                station=str(rating.scorecard.interview_id),
                interviewer=str(rating.scorecard.interviewer_id),
                level=rating.level,
            )
            for row in page.rows
            for rating in row.ratings
            if rating is not None
        ],
        {str(voice.person.pk): voice.voice.says for voice in meeting.voices},
    )
    alone = found.alone
    return StoryPage(
        story=found,
        unrated=tuple(rows[slug].competency.name for slug in found.unrated),
        missed=tuple(MissedLine(rows[one.competency], one) for one in found.missed),
        because_of=names[found.because_of] if found.because_of else "",
        alone=None
        if alone is None
        else AloneLine(
            row=rows[alone.competency],
            name=names[alone.interviewer],
            level=alone.level,
            others=alone.others,
            decides=tuple(rows[slug].competency.name for slug in alone.decides),
            tips=alone.tips,
        ),
        tally=tuple(reversed(meeting.tally)),
    )
