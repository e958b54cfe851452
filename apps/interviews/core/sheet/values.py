"""A sheet as values, and the few words it is written in."""

from dataclasses import dataclass

from ..entries import RatingEntry

MAX_BYTES = 1_000_000
MAX_PROBLEMS = 30
NONE = "none"
RECOMMENDATIONS = ("strong_no", "no", "yes", "strong_yes")
COLUMNS = ("key", "name", "answer", "evidence", "moment")
INTERVIEW, REVISION, RECOMMENDATION, NOTES = "interview", "revision", "recommendation", "private_notes"
OF_THE_CARD = (INTERVIEW, REVISION, RECOMMENDATION, NOTES)


class SheetError(ValueError):
    """The sheet cannot be taken. `problems` holds one sentence a fault, with its line where it has one."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class SheetLevel:
    """One level of a rubric with its anchors, to be read beside the answer."""

    number: int
    label: str
    anchors: tuple[str, ...]


@dataclass(frozen=True)
class SheetLine:
    """One competency: what it is called, what its levels look like, and what stands there already."""

    slug: str
    name: str
    levels: tuple[SheetLevel, ...]
    no_evidence_when: str
    entry: RatingEntry


@dataclass(frozen=True)
class Sheet:
    """A scorecard to be filled in. `revision` is the draft's: a newer draft meanwhile is noticed, not overwritten."""

    interview: int
    revision: int
    title: str
    lines: tuple[SheetLine, ...]
    recommendation: str
    private_notes: str
    reasons_required: bool = False


@dataclass(frozen=True)
class FilledSheet:
    """What somebody filled in: an entry for each competency of the sheet, by its slug."""

    revision: int
    entries: dict[str, RatingEntry]
    recommendation: str
    private_notes: str
