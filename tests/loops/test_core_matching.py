"""Names other companies give their interviews, held against the shipped library."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apps.loops.core.matching import THRESHOLD, Entry, Matcher, suggest, words_of

FIXTURES = Path(__file__).parents[2] / "fixtures"


def _documents(folder: str) -> list[dict]:  # type: ignore[type-arg]  # whatever YAML holds
    return [yaml.safe_load(path.read_text()) for path in sorted((FIXTURES / folder).glob("*.yaml"))]


@pytest.fixture(scope="module")
def library() -> Matcher:
    names = {document["slug"]: document["name"] for document in _documents("competencies")}
    return Matcher(
        tuple(
            Entry(
                document["slug"],
                document["name"],
                tuple(document["also_called"]),
                (document["kind"].replace("_", " "), *(names[slug] for slug in document["measures"])),
            )
            for document in _documents("stations")
        )
    )


@pytest.mark.parametrize(
    ("name", "station"),
    [
        ("LeetCode", "algorithm-puzzle"),
        ("leet code, round 2 (Zoom)", "algorithm-puzzle"),
        ("Data Structures & Algorithms", "algorithm-puzzle"),
        ("Whiteboard Coding", "algorithm-puzzle"),
        ("Recruiter screen", "first-call-screen"),
        ("PHONE SCREENS", "first-call-screen"),
        ("Tech trivia", "trivia-screen"),
        ("Onsite 3: System Design", "generic-system-design"),
        ("Sytem desing", "generic-system-design"),
        ("React deep dive", "react-depth"),
        ("Postgres / SQL", "postgres-depth"),
        ("Hiring manager chat", "engineering-leader-conversation"),
        ("Cultural Fit Interview", "disagreement-and-repair"),
        ("Pull request review", "review-an-assistants-change"),
        ("Prompt Engineering", "critique-a-prompt-program"),
        ("Debugging exercise", "debug-a-failing-service"),
        ("Takehome", "extend-existing-codebase"),
    ],
)
def test_a_usual_name_suggests_the_station_it_means(library: Matcher, name: str, station: str):
    assert [one.station_id for one in library.suggest(name)][:1] == [station]


def test_every_name_of_the_library_suggests_its_own_station(library: Matcher):
    wrong = {}
    for entry in library.entries:
        for name in (entry.name, *entry.also_called):
            best = library.suggest(name)[0]
            if best.station_id != entry.station_id or best.score < 1:
                wrong[name] = best
    assert wrong == {}


@pytest.mark.parametrize(
    "name", ["Lunch", "Founder chat", "Reference check", "Interview", "Round 3", "", "技術面接", "!?"]
)
def test_a_name_like_none_suggests_nothing(library: Matcher, name: str):
    assert library.suggest(name) == ()


def test_a_suggestion_says_what_it_resembles(library: Matcher):
    assert library.suggest("leetcode")[0].because == ("LeetCode",)
    entries = [Entry("a", "Odd title", words=("Distributed systems",)), Entry("b", "Other", words=("Databases",))]
    loose = suggest("Distributed Systems!", entries)[0]
    assert (loose.station_id, loose.because) == ("a", ("distributed", "systems"))
    assert loose.score < 1


def test_rare_words_weigh_more_than_frequent_ones():
    entries = [
        Entry("a", "Coding alpha"),
        Entry("b", "Coding beta"),
        Entry("c", "Coding gamma"),
        Entry("d", "Kafka talk"),
    ]
    assert suggest("Kafka coding", entries)[0].station_id == "d"


def test_at_most_so_many_are_suggested_the_likeliest_first(library: Matcher):
    found = library.suggest("Debugging", most=2)
    assert len(found) == 2
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_words_lose_case_accents_numbers_and_endings():
    assert words_of("Résumé Deep-Dives, round 2") == ("resume", "deep", "dive")
    assert words_of("LeetCode") == ("leet", "code")
    assert words_of("C++ debugging") == ("c++", "debug")


@given(st.text(max_size=80))
def test_any_name_gets_the_same_answer_twice_and_scores_in_order(name: str):
    entries = (Entry("a", "System design", ("Architecture",), ("Design",)), Entry("b", "Debugging"), Entry("c", "!"))
    found = suggest(name, entries)
    assert found == suggest(name, tuple(reversed(entries)))
    assert all(THRESHOLD <= one.score <= 1 for one in found)
