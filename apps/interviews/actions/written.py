"""What verbs that submit a scorecard in one step share: what it has to say, and its rows."""

from collections.abc import Mapping
from dataclasses import asdict

from django.core.exceptions import ValidationError

from apps.interviews.core.entries import Lack, RatingEntry, lacking
from apps.interviews.models import Candidacy, Rating, Scorecard


def check_complete(
    *, candidacy: Candidacy, entries: Mapping[int, RatingEntry], needed: set[int], recommendation: str
) -> None:
    """Raises ValidationError where a competency of `needed` is not rated, words or the recommendation lack."""
    lacks = set(lacking(entries, reasons_required=candidacy.reasons_required).values())
    if set(entries) != needed or Lack.LEVEL in lacks:
        raise ValidationError('Rate every competency, or say "no evidence".')
    if Lack.EXTREME in lacks:
        raise ValidationError("Level 1 and 4 need what you saw or heard, in a sentence.")
    if Lack.REASON in lacks:
        raise ValidationError("This role asks for a reason with every level.")
    if recommendation not in Scorecard.Recommendation.values:
        raise ValidationError("Choose a recommendation.")


def write_ratings(*, scorecard: Scorecard, entries: Mapping[int, RatingEntry], rubrics: Mapping[int, int]) -> None:
    """Put these ratings, and no others, on a scorecard that is not submitted yet. `rubrics` by competency."""
    scorecard.ratings.all().delete()
    Rating.objects.bulk_create(
        Rating(scorecard=scorecard, competency_id=pk, rubric_id=rubrics[pk], **asdict(entry))
        for pk, entry in entries.items()
    )
