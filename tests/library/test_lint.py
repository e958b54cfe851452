"""What the lint says about rubrics and stations: of planted faults, of good text, and of the shipped library."""

import copy
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.library.core.documents import StationDocument, parse_library
from apps.library.core.lint import Code, LevelText, LintWarning, Place, lint_rubric, lint_station
from apps.library.core.lint.rubric import ALIKE, differ_in_degree_only, similarity
from apps.library.core.lint.station import plausible_reliability
from apps.library.core.lint.wording import MOST_WORDS, behaviours, lint_line
from tests.library.test_core import FILES, STATION

LIBRARY = parse_library(FILES)
ANCHORS = [a for one in LIBRARY.competencies for level in one.levels.values() for a in level.anchors]
HERE = Place("level", 3, 1)
TODAY = dt.date(2026, 11, 22)


def codes(warnings: tuple[LintWarning, ...]) -> list[Code]:
    return [warning.code for warning in warnings]


@pytest.mark.parametrize(
    ("anchor", "code"),
    [
        ("Good understanding of caching", Code.TRAIT),
        ("Strong communication skills", Code.TRAIT),
        ("Excellent problem solver.", Code.TRAIT),
        ("Is smart and gets things done", Code.TRAIT),
        ("Team player", Code.TRAIT),
        ("Passionate about technology", Code.TRAIT),
        ("Has deep knowledge of SQL and databases", Code.TRAIT),
        ("Demonstrates ownership", Code.TRAIT),
        ("Shows strong ownership and leadership", Code.TRAIT),
        ("Demonstrates a solid grasp of the fundamentals", Code.TRAIT),
        ("Lacks communication skills", Code.TRAIT),
        ("Quick learner with a can-do attitude", Code.TRAIT),
        ("Knows React well", Code.MENTAL_STATE),
        ("Understands distributed systems", Code.MENTAL_STATE),
        ("Does not understand transactions", Code.MENTAL_STATE),
        ("Is familiar with Kubernetes", Code.MENTAL_STATE),
        ("Is aware of trade-offs", Code.MENTAL_STATE),
        ("Thinks about edge cases", Code.MENTAL_STATE),
        ("Clearly understands trade-offs and appreciates simplicity", Code.MENTAL_STATE),
        ("High energy, positive attitude", Code.NO_VERB),
        ("Comfortable with ambiguity", Code.NO_VERB),
        ("Solid", Code.NO_VERB),
        ("Communicates clearly", Code.PRAISE),
        ("Works well with others", Code.PRAISE),
        ("Writes good code", Code.PRAISE),
        ("Asks better questions than most candidates", Code.COMPARES),
        ("Solves it faster than the average engineer", Code.COMPARES),
        ("Belongs in the top 10 % of candidates", Code.COMPARES),
        ("Draws a diagram that is one of the best candidates have drawn for us", Code.COMPARES),
        ("Asks who calls it, draws the path, names the owner, writes a test and measures the tail", Code.SEVERAL),
        ("Asks " + "why " * MOST_WORDS, Code.TOO_LONG),
    ],
)
def test_a_planted_fault_is_found(anchor: str, code: Code) -> None:
    found = lint_line(anchor, HERE)
    assert code in codes(found)
    assert {warning.place for warning in found} == {HERE}
    assert {warning.quote for warning in found} == {anchor}


@pytest.mark.parametrize(
    "anchor",
    [
        "Asks how the gold labels were made before quoting the metric.",
        "Shows a good understanding of queues by drawing where each one fills, and names who is refused.",
        "Cannot say, when a line of their own diff is pointed at, why it is there.",
        "Before the first edit runs the code and pins what must not change.",
        "Knows the limit by heart and states at which load the queue grows.",
        "Rubberstamps what the assistant wrote.",
        "Finds a faster procedure than the exhaustive one and derives its cost.",
        "Recasts the problem (sorts ahead, computes once, gives up exactness, reduces it) and names what that assumes.",
        "Says more than one reading is possible, and picks one aloud.",
        "At minute ten, has not opened one failed example; scrolls through the dashboard instead.",
    ],
)
def test_behaviour_one_could_film_is_left_in_peace(anchor: str) -> None:
    assert lint_line(anchor, HERE) == ()


def test_none_of_the_shipped_anchors_is_objected_to() -> None:
    assert [warning for anchor in ANCHORS for warning in lint_line(anchor, HERE)] == []


def test_the_shipped_rubrics_have_no_warning() -> None:
    found = {}
    for one in LIBRARY.competencies:
        levels = {number: LevelText(level.label, level.anchors) for number, level in one.levels.items()}
        found[one.slug] = codes(lint_rubric(levels, one.no_evidence_when))
    assert {slug: warnings for slug, warnings in found.items() if warnings} == {}


def test_the_shipped_stations_have_two_warnings_and_both_are_true() -> None:
    """Knowledge questions are shipped as the contrast they are: nothing is their heart."""
    found = {one.slug: codes(lint_station(one, today=one.reviewed_on)) for one in LIBRARY.stations}
    assert {slug: warnings for slug, warnings in found.items() if warnings} == {
        "trivia-screen": [Code.NO_HEART, Code.MENTAL_STATE]
    }


# ------------------------------------------------------------------------------------------------- whole rubrics

GOOD = {
    1: LevelText("Below", ["Rewords the prompt first.", "Quotes one score."]),
    2: LevelText("Near", ["Reads failures when told to.", "Compares before and after by eye."]),
    3: LevelText("At", ["Counts at which stage each item was lost.", "Gives the paired difference with an interval."]),
    4: LevelText("Above", ["Builds the probe that was missing.", "Turns a change down and shows whom it would harm."]),
}


def rubric(**levels: LevelText | None) -> dict[int, LevelText]:
    changed = {int(name.removeprefix("level")): level for name, level in levels.items()}
    return {number: level for number, level in {**GOOD, **changed}.items() if level is not None}


def test_a_good_rubric_has_no_warning() -> None:
    assert lint_rubric(GOOD, "It did not come up.") == ()


def test_a_missing_level_and_one_without_anchors_are_named() -> None:
    found = lint_rubric(rubric(level2=None, level4=LevelText("Above", [])), "It did not come up.")
    assert [(warning.code, warning.place, warning.number) for warning in found] == [
        (Code.MISSING_LEVEL, Place("level", 2), 0),
        (Code.FEW_ANCHORS, Place("level", 4), 0),
    ]


def test_two_levels_that_say_the_same_are_said_once() -> None:
    twin = LevelText("Near, too", list(reversed(GOOD[2].anchors)))
    found = lint_rubric(rubric(level3=twin), "It did not come up.")
    assert found == (LintWarning(Code.SAME_LEVELS, Place("level", 2), Place("level", 3)),)


def test_levels_that_swap_an_adverb_only_are_found() -> None:
    swapped = {
        number: LevelText(f"L{number}", [f"{often} asks how the labels were made.", f"Reads {n} failed items."])
        for number, often, n in [
            (1, "Rarely", "few"),
            (2, "Sometimes", "some"),
            (3, "Often", "many"),
            (4, "Always", "all"),
        ]
    }
    found = lint_rubric(swapped, "It did not come up.")
    assert set(codes(found)) == {Code.ONLY_DEGREE}
    assert len(found) == 2 * 6
    assert (found[0].place, found[0].other) == (Place("level", 1, 1), Place("level", 2, 1))


def test_almost_the_same_anchor_is_found_also_within_a_level() -> None:
    line = "Counts at which stage each failed item of the set was lost before changing anything."
    level = LevelText("At", [line, line.replace("changing", "touching")])
    assert codes(lint_rubric(rubric(level3=level), "n")) == [Code.SAME_LINES]


def test_a_line_and_its_negation_differ_in_kind() -> None:
    assert not differ_in_degree_only("Asks who labelled the items.", "Does not ask who labelled the items.")
    assert not differ_in_degree_only("Asks who labelled the items.", "Asks no one who labelled the items.")


def test_two_levels_of_one_name_and_a_silence_about_no_evidence_are_found() -> None:
    found = lint_rubric(rubric(level3=LevelText("near ", GOOD[3].anchors)), " ")
    assert codes(found) == [Code.SAME_LABEL, Code.NO_EVIDENCE_UNSAID]


LINES = st.one_of(st.sampled_from(ANCHORS), st.text(max_size=120))


@given(
    st.dictionaries(st.integers(0, 6), st.builds(LevelText, st.text(max_size=9), st.lists(LINES, max_size=4))), LINES
)
def test_any_text_can_be_linted_and_every_warning_has_a_place_in_it(
    levels: dict[int, LevelText], no_evidence_when: str
) -> None:
    for warning in lint_rubric(levels, no_evidence_when):
        for place in (warning.place, warning.other):
            if place is None or warning.code == Code.MISSING_LEVEL:
                continue
            assert place.number in levels
            assert place.line <= len(levels[place.number].anchors)


@given(LINES, LINES)
def test_likeness_is_symmetric_and_a_share(one: str, other: str) -> None:
    assert similarity(one, other) == similarity(other, one)
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, one) == 1
    assert differ_in_degree_only(one, other) == differ_in_degree_only(other, one)
    assert not differ_in_degree_only(one, one)


@given(st.sampled_from(ANCHORS), st.sampled_from(ANCHORS))
def test_different_shipped_anchors_are_far_from_alike(one: str, other: str) -> None:
    assert one == other or (similarity(one, other) < ALIKE / 2 and not differ_in_degree_only(one, other))


@given(st.sampled_from(ANCHORS), st.sampled_from(["better than most candidates", "worse than other engineers"]))
def test_a_comparison_is_found_wherever_it_stands(anchor: str, comparison: str) -> None:
    assert Code.COMPARES in codes(lint_line(f"{anchor.rstrip('.')}, {comparison}.", HERE))


@given(st.lists(st.sampled_from(["asks why", "draws the path", "names an owner", "writes a test"]), min_size=1))
def test_behaviours_are_counted(parts: list[str]) -> None:
    assert behaviours(", ".join(parts)) == len(parts)


# ---------------------------------------------------------------------------------------------------- stations

BRIEF = "No AI assistant in this one. For more time or another arrangement write to us; no reason is needed."
SOUND: dict[str, Any] = {
    **STATION,
    "reviewed_on": TODAY,
    "candidate_brief": BRIEF,
    "interviewer_guide": [{"at": 0, "do": "x"}, {"at": 20, "do": "y"}, {"at": 40, "do": "z"}],
    "questions": [
        {"ask": "q", "probes": ["p"], "weak": "Guesses.", "sound": "Reads the plan.", "exceptional": "Predicts it."}
    ]
    * 2,
    "strong_looks_like": ["Reads the trace first.", "Names what was ruled out."],
    "weak_looks_like": ["Edits before reading.", "Ten guesses of equal weight."],
}


def of_station(**changes: Any) -> tuple[LintWarning, ...]:
    document = StationDocument.model_validate({**copy.deepcopy(SOUND), **changes})
    return lint_station(document, today=TODAY)


def test_a_sound_station_has_no_warning() -> None:
    assert of_station() == ()


@pytest.mark.parametrize(
    ("changes", "code", "number", "limit"),
    [
        ({"measures": dict.fromkeys("abcde", 0.05) | {"a": 0.3}}, Code.MANY_COMPETENCIES, 5, 4),
        ({"measures": {"a": 0.24}}, Code.NO_HEART, 0.24, 0.25),
        ({"measures": {"a": 0.6, "b": 0.6}}, Code.RELIABILITY_SUM, 1.2, 1.05),
        (
            {"interviewer_guide": [{"at": n, "do": "x"} for n in (0, 10, 29)]},
            Code.GUIDE_ENDS_EARLY, 29, 45,
        ),
        ({"interviewer_guide": [{"at": n, "do": "x"} for n in (0, 10, 33)]}, Code.GUIDE_GAP, 23, 45),
        ({"candidate_brief": BRIEF.replace("AI assistant", "help")}, Code.BRIEF_WITHOUT_AI, 0, 0),
        ({"candidate_brief": "No AI here."}, Code.BRIEF_WITHOUT_ACCOMMODATION, 0, 0),
        ({"reviewed_on": dt.date(2026, 5, 1)}, Code.REVIEW_OVERDUE, 6.7, 6),
        ({"half_life_months": 13}, Code.LONG_HALF_LIFE, 13, 12),
        ({"strong_looks_like": ["Reads first.", "Great communicator."]}, Code.TRAIT, 0, 0),
    ],
)  # fmt: skip
def test_each_fault_of_a_station_is_found_with_its_numbers(
    changes: dict[str, Any], code: Code, number: float, limit: float
) -> None:
    (warning,) = of_station(**changes)
    assert (warning.code, warning.number, warning.limit) == (code, number, limit)


def test_a_second_interviewer_can_watch_one_more() -> None:
    five = dict.fromkeys("abcde", 0.05) | {"a": 0.3}
    assert of_station(measures=five, interviewers=2) == ()


def test_answers_that_differ_in_degree_only_are_found() -> None:
    question = {**SOUND["questions"][0], "weak": "Asks few questions.", "sound": "Asks many questions."}
    (warning,) = of_station(questions=[SOUND["questions"][0], question])
    assert (warning.code, warning.place, warning.other) == (Code.ONLY_DEGREE, Place("weak", 2), Place("sound", 2))


def test_a_question_without_probes_is_found() -> None:
    """The rules of the files refuse one; a row from elsewhere may hold it."""
    document = StationDocument.model_validate(SOUND)
    bare = document.questions[0].model_copy(update={"probes": []})
    found = lint_station(document.model_copy(update={"questions": [bare]}), today=TODAY)
    assert codes(found) == [Code.NO_PROBES]


def test_a_station_that_measures_nothing_is_found() -> None:
    document = StationDocument.model_validate(SOUND).model_copy(update={"measures": {}})
    assert codes(lint_station(document, today=TODAY)) == [Code.NO_COMPETENCY]


@given(st.integers(10, 240))
def test_longer_stations_may_claim_more(minutes: int) -> None:
    assert plausible_reliability(minutes) <= plausible_reliability(minutes + 1)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(1, 12))
def test_a_review_is_overdue_exactly_when_half_is_gone(today: dt.date, half_life: int) -> None:
    document = StationDocument.model_validate({**SOUND, "half_life_months": half_life})
    overdue = Code.REVIEW_OVERDUE in codes(lint_station(document, today=today))
    assert overdue == ((today - TODAY).days >= half_life * 365.25 / 12)
