"""What a lint says: a fact with its place and its numbers. The sentences are the templates'."""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """What may be wrong. A warning never keeps anybody from saving."""

    # a line of behaviour: an anchor, or what weak and strong look like
    TRAIT = "trait"
    MENTAL_STATE = "mental-state"
    NO_VERB = "no-verb"
    PRAISE = "praise"
    COMPARES = "compares"
    TOO_LONG = "too-long"
    SEVERAL = "several"
    # a rubric
    MISSING_LEVEL = "missing-level"
    FEW_ANCHORS = "few-anchors"
    SAME_LABEL = "same-label"
    SAME_LEVELS = "same-levels"
    SAME_LINES = "same-lines"
    ONLY_DEGREE = "only-degree"
    NO_EVIDENCE_UNSAID = "no-evidence-unsaid"
    # a station
    NO_COMPETENCY = "no-competency"
    MANY_COMPETENCIES = "many-competencies"
    NO_HEART = "no-heart"
    RELIABILITY_SUM = "reliability-sum"
    GUIDE_ENDS_EARLY = "guide-ends-early"
    GUIDE_GAP = "guide-gap"
    NO_PROBES = "no-probes"
    BRIEF_WITHOUT_AI = "brief-without-ai"
    BRIEF_WITHOUT_ACCOMMODATION = "brief-without-accommodation"
    REVIEW_OVERDUE = "review-overdue"
    LONG_HALF_LIFE = "long-half-life"


@dataclass(frozen=True)
class Place:
    """Where a line stands: its part ("level", "weak", "strong", "question"), the number of the part, and of the line.

    Numbers count from 1; 0 where there is nothing to count.
    """

    part: str
    number: int = 0
    line: int = 0


@dataclass(frozen=True)
class LintWarning:
    """One fact. `quote` is the text it is about, `words` the words that gave it away, `number` and `limit` the measure
    and what it should keep to (words, minutes, competencies, months, reliability: by the code), `other` the second
    place where two are alike.
    """

    code: Code
    place: Place | None = None
    other: Place | None = None
    quote: str = ""
    words: tuple[str, ...] = ()
    number: float = 0
    limit: float = 0
