"""The demo organisation as values: who rated what, decided without chance so that every start shows the same story."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

LOWEST, HIGHEST = 1, 4
EVERYWHERE = "*"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DemoPerson(_Part):
    slug: str
    name: str
    email: str
    kinds: list[str]
    time_zone: str


class DemoRole(_Part):
    title: str
    preset: str
    summary: str
    publish: bool
    stations: list[str] = Field(default_factory=list)


class DemoDecision(_Part):
    outcome: str
    reasons: str
    conditions: str = ""
    dissent: str = ""


class DemoCandidate(_Part):
    """One candidate's story; see the comments in fixtures/demo/organisation.yaml."""

    name: str
    email: str
    time_zone: str
    source: str
    role: str
    held_days_ago: int | None = None
    levels: dict[str, int]
    harsher: list[str] = Field(default_factory=list)
    softer: list[str] = Field(default_factory=list)
    split: list[str] = Field(default_factory=list)
    none: list[str] = Field(default_factory=list)
    submitted: int | None = None
    accommodation: str = ""
    decision: DemoDecision | None = None
    gets_kit: bool = False

    @property
    def decided_days_ago(self) -> int:
        """Four days after the first interview, or a day ago."""
        return max((self.held_days_ago or 0) - 4, 1)

    def level(self, *, competency: str, interviewer: str, place: int) -> int | None:
        """The level this interviewer gives in the loop's `place`-th station, None for "no evidence"."""
        if competency in self.none:
            return None
        level = self.levels.get(competency, self.levels.get(EVERYWHERE, 3))
        if competency in self.split:
            level += 1 if place % 2 else -1
        level += (interviewer in self.softer) - (interviewer in self.harsher)
        return min(max(level, LOWEST), HIGHEST)


class DemoItem(_Part):
    """A calibration item; `ratings`: interviewer -> competency -> level, None for "no evidence"."""

    station: str
    title: str
    material: str
    ratings: dict[str, dict[str, int | None]]


class DemoOrganisation(_Part):
    password: str
    people: list[DemoPerson]
    roles: list[DemoRole]
    candidates: list[DemoCandidate]
    history: list[DemoCandidate] = Field(default_factory=list)
    items: list[DemoItem] = Field(default_factory=list)


def parse_organisation(raw: Any) -> DemoOrganisation:
    """Raises pydantic's ValidationError with the place of every fault."""
    return DemoOrganisation.model_validate(raw)


def recommendation_for(levels: list[int | None]) -> str:
    """What a rater who gave these levels says overall; the demo's people are consistent."""
    given = [level for level in levels if level is not None]
    if not given:
        return "no"
    mean = sum(given) / len(given)
    if mean >= 3.6:
        return "strong_yes"
    if mean >= 2.75:
        return "yes"
    return "no" if mean >= 1.75 else "strong_no"
