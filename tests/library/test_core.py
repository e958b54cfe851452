"""The library's files as values, and how they age."""

import copy
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apps.library.core.documents import DOCUMENTS, DocumentError, parse_document, parse_library
from apps.library.core.freshness import DAYS_A_MONTH, age_in_months, freshness

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = {
    kind: {p.name: p.read_text(encoding="utf-8") for p in sorted((FIXTURES / kind).glob("*.yaml"))}
    for kind in DOCUMENTS
}
SHIPPED = [(kind, name) for kind, names in FILES.items() for name in names]

# One small document of each kind, with every key there is.
STATION: dict[str, Any] = {
    "slug": "a-station", "name": "A station", "also_called": ["Nickname"],
    "kind": "ai_craft", "kit": "a-kit", "format": "f", "minutes": 45,
    "interviewers": 1, "preparation_minutes": 10, "state": "active", "reviewed_on": dt.date(2026, 1, 1),
    "half_life_months": 6, "ai_policy": "encouraged", "ai_policy_reason": "r", "measures": {"a-competency": 0.4},
    "purpose": "p", "candidate_brief": "b",
    "interviewer_guide": [{"at": 0, "do": "x"}, {"at": 5, "do": "y"}, {"at": 9, "do": "z"}],
    "questions": [{"ask": "q", "probes": ["p"], "weak": "w", "sound": "s", "exceptional": "e"}] * 2,
    "weak_looks_like": ["a", "b"], "strong_looks_like": ["a", "b"], "red_flags": ["r"], "green_flags": ["g"],
    "could_mislead": "c",
}  # fmt: skip
SMALL: dict[str, dict[str, Any]] = {
    "frameworks": {"position": 1, "slug": "a-framework", "name": "F", "summary": "s", "competencies": ["a-competency"]},
    "competencies": {
        "slug": "a-competency", "name": "C", "definition": "d", "why": "w",
        "sub_skills": [{"name": "n", "shows_as": "s"}],
        "levels": {n: {"label": f"L{n}", "anchors": [f"{n}a", f"{n}b"]} for n in (1, 2, 3, 4)},
        "no_evidence_when": "n",
    },
    "stations": STATION,
    "roles": {
        "position": 1, "slug": "a-role", "title": "R", "summary": "s", "when_to_use": "w", "guide": "g",
        "requirements": [
            {"competency": "a-competency", "weight": 1, "bar": 3, "must_pass": True, "min_signals": 2, "why": "w"}
        ],
        "limits": {"candidate_minutes": 300, "interviewer_minutes": 600, "min_ai_craft": 1},
    },
}  # fmt: skip
OPTIONAL = {("kit",), ("also_called",)}

Path_ = tuple[str | int, ...]


def refused(kind: str, document: dict[str, Any]) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        parse_document(kind, f"{document.get('slug', 'x')}.yaml", yaml.safe_dump(document))
    assert caught.value.name.startswith(f"{kind}/")
    return caught.value.problems


def keys(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """The path of every key of the document's own schema (the free keys of `measures` and `levels` left out)."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if path[-1:] not in [("measures",), ("levels",)]:
                yield (*path, key)
            yield from keys(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from keys(inner, (*path, place))


def inside(document: dict[str, Any], path: Path_) -> Any:
    value: Any = document
    for part in path:
        value = value[part]
    return value


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_every_shipped_file_parses(kind: str, name: str) -> None:
    parse_document(kind, name, FILES[kind][name])


def test_the_shipped_files_make_one_library() -> None:
    library = parse_library(FILES)
    assert len(library.frameworks) + len(library.competencies) + len(library.stations) + len(library.roles) == len(
        SHIPPED
    )


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, small in SMALL.items() for path in keys(small)])
def test_a_missing_key_is_refused_with_its_place(kind: str, path: Path_) -> None:
    document = copy.deepcopy(SMALL[kind])
    del inside(document, path[:-1])[path[-1]]
    if path in OPTIONAL:
        parse_document(kind, f"{document['slug']}.yaml", yaml.safe_dump(document))
        return
    place = ".".join(str(part) for part in path)
    assert any(problem.startswith(f"{place}: Field required") for problem in refused(kind, document))


@pytest.mark.parametrize(
    ("kind", "path"),
    [(kind, path[:-1]) for kind, small in SMALL.items() for path in keys(small)],
)
def test_an_unknown_key_is_refused_with_its_place(kind: str, path: Path_) -> None:
    document = copy.deepcopy(SMALL[kind])
    inside(document, path)["surprise"] = "x"
    place = ".".join(str(part) for part in (*path, "surprise"))
    assert any(problem.startswith(f"{place}: Extra inputs are not permitted") for problem in refused(kind, document))


@given(st.sampled_from(SHIPPED), st.data())
def test_a_shipped_file_without_a_key_is_refused_with_its_place(which: tuple[str, str], data: st.DataObject) -> None:
    kind, name = which
    document = yaml.safe_load(FILES[kind][name])
    path = data.draw(st.sampled_from([path for path in keys(document) if path not in OPTIONAL]))
    del inside(document, path[:-1])[path[-1]]
    place = ".".join(str(part) for part in path)
    with pytest.raises(DocumentError) as caught:
        parse_document(kind, name, yaml.safe_dump(document))
    assert any(problem.startswith(f"{place}: ") for problem in caught.value.problems)


@given(st.sampled_from(sorted(DOCUMENTS)), st.text(max_size=200))
def test_arbitrary_text_raises_nothing_but_document_errors(kind: str, text: str) -> None:
    with pytest.raises(DocumentError):
        parse_document(kind, "x.yaml", text)


@pytest.mark.parametrize(
    ("kind", "change", "problem"),
    [
        (
            "competencies",
            {"levels": {1: {"label": "L", "anchors": ["a", "b"]}}},
            "levels must be exactly 1, 2, 3 and 4",
        ),
        ("stations", {"measures": {"a-competency": 0.9}}, "measures.a-competency: "),
        ("stations", {"kind": "coding"}, "only an AI craft station has a kit"),
        ("stations", {"interviewer_guide": [{"at": n, "do": "x"} for n in (1, 2, 3)]}, "must begin at minute 0"),
        ("stations", {"interviewer_guide": [{"at": n, "do": "x"} for n in (0, 9, 9)]}, "run forward"),
        ("stations", {"interviewer_guide": [{"at": n, "do": "x"} for n in (0, 9, 45)]}, "end before the station does"),
        ("stations", {"slug": "Not A Slug"}, "slug: "),
    ],
)
def test_contents_that_contradict_each_other_are_refused(kind: str, change: dict[str, Any], problem: str) -> None:
    assert any(problem in found for found in refused(kind, {**copy.deepcopy(SMALL[kind]), **change}))


def as_files(**changes: dict[str, Any]) -> dict[str, dict[str, str]]:
    documents = {kind: {**copy.deepcopy(small), **changes.get(kind, {})} for kind, small in SMALL.items()}
    return {kind: {f"{document['slug']}.yaml": yaml.safe_dump(document)} for kind, document in documents.items()}


def test_the_small_documents_fit_together() -> None:
    assert parse_library(as_files()).competencies[0].slug == "a-competency"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"frameworks": {"competencies": ["a-competency", "elsewhere"]}}, "frameworks/a-framework.yaml"),
        ({"stations": {"measures": {"elsewhere": 0.4}}}, "stations/a-station.yaml"),
        ({"competencies": {"slug": "other"}}, "frameworks/a-framework.yaml"),
    ],
)
def test_a_competency_that_is_not_there_is_refused_with_who_names_it(changes: Any, name: str) -> None:
    with pytest.raises(DocumentError, match="unknown competency") as caught:
        parse_library(as_files(**changes))
    assert caught.value.name == name


def test_a_competency_stands_in_one_framework() -> None:
    files = as_files()
    twin = {**SMALL["frameworks"], "slug": "b-framework"}
    files["frameworks"]["b-framework.yaml"] = yaml.safe_dump(twin)
    with pytest.raises(DocumentError, match="in two frameworks"):
        parse_library(files)


def test_a_competency_in_no_framework_is_refused() -> None:
    files = as_files()
    levels = {n: {"label": "L", "anchors": [f"{n}c", f"{n}d"]} for n in (1, 2, 3, 4)}
    files["competencies"]["lost.yaml"] = yaml.safe_dump({**SMALL["competencies"], "slug": "lost", "levels": levels})
    with pytest.raises(DocumentError, match="in no framework: lost"):
        parse_library(files)


@pytest.mark.parametrize(
    ("name", "also_called"), [("B station", ["Other", " nick NAME "]), ("B station", ["a  Station"]), ("Nickname", [])]
)
def test_a_name_leads_to_one_station(name: str, also_called: list[str]) -> None:
    files = as_files(stations={"also_called": ["Nick name", "Nickname"]})
    twin = {**STATION, "slug": "b-station", "name": name, "also_called": also_called}
    files["stations"]["b-station.yaml"] = yaml.safe_dump(twin)
    with pytest.raises(DocumentError, match=r"is a name of .-station already") as caught:
        parse_library(files)
    assert caught.value.name.startswith("stations/")


def test_another_nickname_makes_no_new_version() -> None:
    def fingerprint(**change: Any) -> str:
        document = {**STATION, **change}
        return parse_document("stations", "a-station.yaml", yaml.safe_dump(document)).contents_fingerprint

    assert fingerprint(also_called=["Another"]) == fingerprint(also_called=[])


def test_every_shipped_station_has_names_it_goes_by_elsewhere() -> None:
    assert {len(station.also_called) for station in parse_library(FILES).stations} <= {3, 4, 5, 6, 7, 8}


def test_a_file_is_named_after_its_slug() -> None:
    with pytest.raises(DocumentError, match="must be its slug"):
        parse_document("roles", "other.yaml", yaml.safe_dump(SMALL["roles"]))


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(1, 120))
def test_a_new_review_date_alone_makes_no_new_version(reviewed_on: dt.date, half_life: int) -> None:
    def fingerprint(**change: Any) -> str:
        document = {**STATION, **change}
        return parse_document("stations", "a-station.yaml", yaml.safe_dump(document)).contents_fingerprint

    assert fingerprint(reviewed_on=reviewed_on, half_life_months=half_life) == fingerprint()
    assert fingerprint(purpose="another") != fingerprint()


@given(st.floats(0, 240), st.floats(0.5, 240))
def test_freshness_halves_with_each_half_life(age: float, half_life: float) -> None:
    now = freshness(age, half_life)
    assert 0 < now <= 1 or age / half_life > 1000
    assert freshness(age + half_life, half_life) == pytest.approx(now / 2, rel=1e-9, abs=1e-300)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 5000), st.integers(1, 120))
def test_a_station_only_ever_ages(reviewed_on: dt.date, days: int, half_life: int) -> None:
    def left(day: int) -> float:
        return freshness(age_in_months(reviewed_on, reviewed_on + dt.timedelta(days=day)), half_life)

    assert left(0) == left(-days) == 1
    assert left(days + 1) < left(days) <= 1
    assert age_in_months(reviewed_on, reviewed_on + dt.timedelta(days=days)) == pytest.approx(days / DAYS_A_MONTH)
