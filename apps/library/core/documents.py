"""The library's files as values: each document validates itself, unknown and missing fields are refused.

Values in, values out: reading files from disk is the caller's.
"""

import datetime as dt
import hashlib
import itertools
import json
import re
from typing import Annotated, Literal, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

# Ten times as fast where PyYAML was built with libyaml; both construct nothing but plain values.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def unwrap(text: str) -> str:
    """Paragraphs without the line breaks an editor put into them; a blank line still parts two paragraphs."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Prose = Annotated[Text, AfterValidator(unwrap)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
OtherName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Reliability = Annotated[float, Field(ge=0.05, le=0.60)]
LEVELS = (1, 2, 3, 4)
RESERVED = frozenset({"new", "review"})  # addresses beside those of stations


class DocumentError(ValueError):
    """A library file that cannot be read. `problems` holds one sentence a fault, each with its place in the file."""

    def __init__(self, name: str, problems: list[str]) -> None:
        super().__init__(f"{name}: " + "; ".join(problems))
        self.name = name
        self.problems = problems


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _not_reserved(slug: str) -> str:
    if slug in RESERVED:
        raise PydanticCustomError("slug_reserved", "this address belongs to a page of the library")
    return slug


class FrameworkDocument(_Document):
    slug: Slug
    name: Name
    summary: Prose
    position: int = Field(ge=1, le=100)
    competencies: list[Slug] = Field(min_length=1)


class SubSkill(_Document):
    name: Name
    shows_as: Text


class LevelDocument(_Document):
    label: Name
    anchors: list[Text] = Field(min_length=2)


class RubricDocument(_Document):
    """A rating scale: what stands on each level, and when there is no evidence at all."""

    levels: dict[int, LevelDocument]
    no_evidence_when: Text

    @model_validator(mode="after")
    def _levels_are_complete(self) -> Self:
        if tuple(sorted(self.levels)) != LEVELS:
            raise PydanticCustomError("levels_complete", "levels must be exactly 1, 2, 3 and 4")
        anchors = [anchor for level in self.levels.values() for anchor in level.anchors]
        if len(set(anchors)) != len(anchors):
            raise PydanticCustomError("anchor_twice", "the same anchor stands in two levels")
        return self

    @property
    def rubric_fingerprint(self) -> str:
        rubric = self.model_dump(mode="json", include={"levels", "no_evidence_when"})
        return hashlib.sha256(json.dumps(rubric, sort_keys=True).encode()).hexdigest()


class CompetencyDocument(RubricDocument):
    slug: Slug
    name: Name
    definition: Text
    why: Prose
    sub_skills: list[SubSkill] = Field(min_length=1)


class GuideStep(_Document):
    at: int = Field(ge=0)
    do: Text


class Question(_Document):
    ask: Text
    probes: list[Text] = Field(min_length=1)
    weak: Text
    sound: Text
    exceptional: Text


# What is said about a station rather than in it: another value makes no new version.
SETTINGS = ("also_called", "kind", "kit", "half_life_months")


class StationDocument(_Document):
    slug: Annotated[Slug, AfterValidator(_not_reserved)]
    name: Name
    also_called: list[OtherName] = []
    kind: Literal["ai_craft", "screen", "coding", "debugging", "design", "product", "behavioural", "depth", "puzzle"]
    kit: Slug | None = None
    format: Prose
    minutes: int = Field(ge=10, le=240)
    interviewers: int = Field(ge=1, le=4)
    preparation_minutes: int = Field(ge=0, le=120)
    state: Literal["draft", "pilot", "active", "retired"]
    reviewed_on: dt.date
    half_life_months: int = Field(ge=1, le=120)
    ai_policy: Literal["encouraged", "allowed and discussed", "not for this one"]
    ai_policy_reason: Text
    measures: dict[Slug, Reliability] = Field(min_length=1, max_length=5)
    purpose: Text
    candidate_brief: Prose
    interviewer_guide: list[GuideStep] = Field(min_length=3)
    questions: list[Question] = Field(min_length=2)
    weak_looks_like: list[Text] = Field(min_length=2)
    strong_looks_like: list[Text] = Field(min_length=2)
    red_flags: list[Text] = Field(min_length=1)
    green_flags: list[Text] = Field(min_length=1)
    could_mislead: Prose

    @model_validator(mode="after")
    def _guide_runs_forward(self) -> "StationDocument":
        times = [step.at for step in self.interviewer_guide]
        if times[0] != 0 or any(later <= earlier for earlier, later in itertools.pairwise(times)):
            raise PydanticCustomError("guide_forward", "interviewer_guide must begin at minute 0 and run forward")
        if times[-1] >= self.minutes:
            raise PydanticCustomError("guide_in_time", "interviewer_guide must end before the station does")
        if self.kit and self.kind != "ai_craft":
            raise PydanticCustomError("kit_only_ai_craft", "only an AI craft station has a kit")
        return self

    @property
    def contents_fingerprint(self) -> str:
        """Over what people read and what is measured; a new review date or nickname makes no new version."""
        contents = self.model_dump(mode="json", exclude={"slug", "state", "reviewed_on", *SETTINGS})
        return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


class PresetRequirementDocument(_Document):
    competency: Slug
    weight: int = Field(ge=1, le=5)
    bar: int = Field(ge=1, le=4)
    must_pass: bool
    min_signals: int = Field(ge=0, le=4)
    why: Text


class PresetLimits(_Document):
    candidate_minutes: int = Field(ge=30, le=1200)
    interviewer_minutes: int = Field(ge=30, le=6000)
    min_ai_craft: int = Field(ge=0, le=5)


class RolePresetDocument(_Document):
    slug: Slug
    title: Name
    position: int = Field(ge=1, le=100)
    summary: Prose
    when_to_use: Prose
    guide: Prose
    requirements: list[PresetRequirementDocument] = Field(min_length=1)
    limits: PresetLimits


DOCUMENTS: dict[str, type[_Document]] = {
    "frameworks": FrameworkDocument,
    "competencies": CompetencyDocument,
    "stations": StationDocument,
    "roles": RolePresetDocument,
}


class Library(BaseModel):
    """A whole library whose parts fit together."""

    model_config = ConfigDict(frozen=True)

    frameworks: list[FrameworkDocument]
    competencies: list[CompetencyDocument]
    stations: list[StationDocument]
    roles: list[RolePresetDocument]


def parse_document(folder: str, name: str, text: str) -> _Document:
    """One YAML document of the kind its folder says. Raises DocumentError with the place of every fault."""
    try:
        raw = yaml.load(text, Loader=_SafeLoader)  # noqa: S506  # a SafeLoader, see there
    except yaml.YAMLError as error:
        raise DocumentError(f"{folder}/{name}", [f"not YAML ({str(error).splitlines()[0]})"]) from error
    try:
        document = DOCUMENTS[folder].model_validate(raw)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in fault['loc']) or 'the document'}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise DocumentError(f"{folder}/{name}", problems) from error
    if f"{document.slug}.yaml" != name:  # type: ignore[attr-defined]  # every kind of document has a slug
        raise DocumentError(f"{folder}/{name}", ["the file's name must be its slug and .yaml"])
    return document


def parse_library(files: dict[str, dict[str, str]]) -> Library:
    """All files, `{folder: {file name: text}}`, as one library.

    Raises DocumentError for the first file that is not well formed or that names what is not there.
    """
    parts = {
        folder: [parse_document(folder, name, text) for name, text in sorted(files.get(folder, {}).items())]
        for folder in DOCUMENTS
    }
    library = Library.model_validate(parts)
    known = {competency.slug for competency in library.competencies}
    placed: set[str] = set()
    for framework in library.frameworks:
        _refuse_unknown("frameworks", framework.slug, set(framework.competencies) - known)
        twice = placed & set(framework.competencies)
        if twice:
            raise DocumentError(f"frameworks/{framework.slug}.yaml", [f"in two frameworks: {', '.join(sorted(twice))}"])
        placed |= set(framework.competencies)
    if known - placed:
        raise DocumentError("frameworks", [f"in no framework: {', '.join(sorted(known - placed))}"])
    for station in library.stations:
        _refuse_unknown("stations", station.slug, set(station.measures) - known)
    _refuse_shared_names(library.stations)
    for role in library.roles:
        _refuse_unknown("roles", role.slug, {line.competency for line in role.requirements} - known)
    return library


def called(name: str) -> str:
    """A name as it is compared with others: upper case and spacing do not tell two names apart."""
    return " ".join(name.casefold().split())


def _refuse_shared_names(stations: list[StationDocument]) -> None:
    """A name leads to one station: neither two nicknames nor a nickname and another's own name may be the same."""
    owners = {called(station.name): station.slug for station in stations}
    for station in stations:
        for name in station.also_called:
            owner = owners.setdefault(called(name), station.slug)
            if owner != station.slug:
                problem = f"also_called: “{name}” is a name of {owner} already"
                raise DocumentError(f"stations/{station.slug}.yaml", [problem])


def _refuse_unknown(folder: str, slug: str, unknown: set[str]) -> None:
    if unknown:
        raise DocumentError(f"{folder}/{slug}.yaml", [f"unknown competency: {', '.join(sorted(unknown))}"])
