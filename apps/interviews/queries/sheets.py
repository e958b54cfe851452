"""An interview's scorecard as an offline sheet, and a filled-in sheet as entries."""

from apps.interviews.core.entries import RatingEntry
from apps.interviews.core.sheet import FilledSheet, Sheet, SheetLevel, SheetLine
from apps.interviews.queries.interviews import InterviewPage, RatedCompetency

_NOTHING = RatingEntry(level=None, no_evidence=False, evidence="")


def sheet_of(page: InterviewPage) -> Sheet:
    """What the draft holds by now, with the anchors pinned for this candidacy. Reads nothing more than the page."""
    interview, card = page.interview, page.scorecard
    return Sheet(
        interview=interview.pk,
        revision=card.revision if card else 0,
        title=f"{interview.plan_station.version.name}, {interview.candidacy.candidate.name}",
        lines=tuple(_line(item) for item in page.competencies),
        recommendation=card.recommendation if card else "",
        private_notes=card.private_notes if card else "",
        reasons_required=interview.candidacy.reasons_required,
    )


def entries_of(page: InterviewPage, filled: FilledSheet) -> dict[int, RatingEntry]:
    """By the competency's id."""
    return {item.competency.pk: filled.entries[item.competency.slug] for item in page.competencies}


def _line(item: RatedCompetency) -> SheetLine:
    rating = item.rating
    return SheetLine(
        slug=item.competency.slug,
        name=item.competency.name,
        levels=tuple(SheetLevel(level.number, level.label, tuple(level.anchors)) for level in item.levels),
        no_evidence_when=item.rubric.no_evidence_when,
        entry=RatingEntry(rating.level, rating.no_evidence, rating.evidence, rating.moment) if rating else _NOTHING,
    )
