"""What an interviewer enters for one competency, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RatingEntry:
    """A level 1 to 4, or no evidence, or neither yet; and the evidence in words."""

    level: int | None
    no_evidence: bool
    evidence: str

    def __post_init__(self) -> None:
        if self.level is not None and not 1 <= self.level <= 4:
            raise ValueError(f"a level is a number from 1 to 4, not {self.level}")
        if self.no_evidence and self.level is not None:
            raise ValueError("a rating is a level or no evidence, not both")

    @property
    def is_rated(self) -> bool:
        return self.no_evidence or self.level is not None
