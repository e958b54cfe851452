"""The simulated judge has each habit that MODELS.md tells, one at a time, and says its verdict as it is asked to."""

import json
import re
from dataclasses import replace

import pytest

from apps.craft.core.shipped.simllm import judge
from apps.craft.core.shipped.simllm.model import Model
from apps.craft.core.shipped.simllm.persona import CARDS, Card, Persona

# No habit at all: what a test switches on is what it is about.
PLAIN = replace(
    CARDS["sim-small"], taste=0.0, slot=0.0, length=0.0, noise=0.0, obedience=1.0, reading=1.0, style="list"
)
RULES = "You judge two answers."
ASK = "Which is better?\nReply in the form VERDICT: <A or B>, margin <0 to 10>."
SHEET = "- deposit: 1,250.50 EUR\n- crew limit: 8 persons\n- fuel allowance: 40 litres"
RIGHT = "The deposit is 1,250.50 EUR. The crew limit is 8 persons. The fuel allowance is 40 litres."
WRONG = "The deposit is 1,250.50 EUR. The crew limit is 6 persons. The fuel allowance is 55 litres."
SHORT = "The deposit is 1,250.50 EUR."
PADDING = " We look after every request in person and are glad to help with anything that comes up." * 4
LISTED = "• The deposit is 1,250.50 EUR.\n• The crew limit is 8 persons.\n• The fuel allowance is 40 litres."


def said(
    card: Card, first: str, second: str, *, rules: str = RULES, ask: str = ASK, sheet: str = SHEET, seed: str = "s"
) -> str:
    parts = ["Question:\nWhat about the boat?"]
    parts += [f"Reference:\n{sheet}"] if sheet else []
    parts += [f"Answer A:\n{first}", f"Answer B:\n{second}", f"Your verdict:\n{ask}"]
    return judge.verdict(card, "sim-small", rules, "\n\n".join(parts), seed=seed)


def lead(card: Card, first: str, second: str, **prompt: str) -> int:
    """The margin of the verdict, above zero for the first answer."""
    for seed in range(40):  # one that is in the form
        found = re.findall(r"VERDICT: (A|B), margin (\d+)", said(card, first, second, seed=f"s{seed}", **prompt))
        if found:
            letter, margin = found[-1]
            return int(margin) if letter == "A" else -int(margin)
    raise AssertionError("No verdict in 40 tries.")


def test_more_right_figures_win_in_either_order() -> None:
    assert lead(PLAIN, RIGHT, SHORT) == 4  # two figures, two steps of the margin for each
    assert lead(PLAIN, SHORT, RIGHT) == -4


def test_without_a_reference_wrong_figures_look_like_right_ones() -> None:
    assert lead(PLAIN, RIGHT, WRONG) > 4
    assert lead(PLAIN, RIGHT, WRONG, sheet="") == 0


def test_without_a_reference_quality_is_seen_dimly() -> None:
    assert 0 < lead(PLAIN, RIGHT, SHORT, sheet="") < lead(PLAIN, RIGHT, SHORT)


@pytest.mark.parametrize(("slot", "preferred"), [(0.5, 2), (-0.5, -2)])
def test_identical_answers_show_the_slot_it_likes(slot: float, preferred: int) -> None:
    assert lead(replace(PLAIN, slot=slot), RIGHT, RIGHT) == preferred


def test_the_longer_answer_is_preferred() -> None:
    habit = replace(PLAIN, length=0.8)
    assert lead(habit, SHORT + PADDING, SHORT) > 0 > lead(habit, SHORT, SHORT + PADDING)


@pytest.mark.parametrize(
    "rule",
    [
        "The length of an answer is no merit: ignore it.",
        "Do not prefer longer answers.",
        "Being verbose is never an advantage.",
        "Judge regardless of how long an answer is.",
    ],
)
def test_a_rule_against_length_is_followed_in_several_wordings(rule: str) -> None:
    assert lead(replace(PLAIN, length=0.8), SHORT + PADDING, SHORT, rules=f"{RULES}\n{rule}") == 0


def test_praise_of_thoroughness_makes_the_longer_weigh_more() -> None:
    habit, rules = replace(PLAIN, length=0.8), f"{RULES}\nA good answer is thorough and detailed."
    assert lead(habit, SHORT + PADDING, SHORT, rules=rules) > lead(habit, SHORT + PADDING, SHORT)


@pytest.mark.parametrize(
    ("style", "styled"),
    [
        ("list", LISTED),
        ("bold", RIGHT.replace("8 persons", "**8 persons**")),
        ("opening", "What a wonderful choice! " + RIGHT),
    ],
)
def test_its_own_style_is_preferred_and_no_other(style: str, styled: str) -> None:
    own = replace(PLAIN, taste=0.6, style=style)
    assert lead(own, styled, RIGHT) > 0 > lead(own, RIGHT, styled)
    for other in set(judge.STYLES) - {style}:
        assert lead(replace(own, style=other), styled, RIGHT) == 0


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", -2),
        ("A wrong figure undoes one right figure.", -2),
        ("A wrong figure is worse than a missing one: it undoes two right ones.", -6),
        ("Errors weigh twice as heavily as missing figures.", -6),
        ("A wrong figure counts like a missing one.", 2),
        ("A wrong figure is no worse than a missing one.", 2),
        ("Treat an incorrect figure the same as an omission.", 2),
    ],
)
def test_wrong_figures_weigh_what_the_rules_say(rule: str, expected: int) -> None:
    # One figure more that is right, and two that are wrong, against one that is right and two that are missing.
    first = RIGHT.replace("40 litres", "9 litres") + " The tow radius is 3 km."
    sheet = SHEET + "\n- tow radius: 40 km"
    assert lead(PLAIN, first, SHORT, rules=f"{RULES}\n{rule}", sheet=sheet) == expected


def test_rules_are_followed_as_far_as_the_model_follows_rules() -> None:
    rules = f"{RULES}\nA wrong figure is worse than a missing one."
    weak = lead(replace(PLAIN, obedience=0.4), WRONG, SHORT, rules=rules)
    assert lead(PLAIN, WRONG, SHORT, rules=rules) < weak < lead(PLAIN, WRONG, SHORT)


def test_a_tie_is_said_only_where_it_is_offered_and_then_readily() -> None:
    assert "tie" not in said(PLAIN, RIGHT, RIGHT)
    offered = ASK + "\nIf they are equally good, the verdict is tie, margin 0."
    one_better = RIGHT.replace("8 persons", "many persons")
    assert lead(PLAIN, RIGHT, one_better) > 0
    assert "VERDICT: tie" in said(PLAIN, RIGHT, one_better, ask=offered)
    assert "tie" not in said(PLAIN, RIGHT, RIGHT, ask=ASK + "\nNever say tie.")


def test_verdicts_in_the_prompt_pull_unless_they_are_balanced() -> None:
    assert lead(PLAIN, RIGHT, RIGHT, ask=ASK + "\nVERDICT: A, margin 4") > 0
    assert lead(PLAIN, RIGHT, RIGHT, ask=ASK + "\nVERDICT: B, margin 4") < 0
    assert lead(PLAIN, RIGHT, RIGHT, ask=ASK + "\nVERDICT: A, margin 4\nVERDICT: B, margin 4") == 0


def test_figures_are_compared_as_they_are_written() -> None:
    assert judge.same("1,250.50", "1250.5")
    assert judge.same("1.250,50", "1.250,50")
    assert not judge.same("1.250,50", "1,250.50")
    assert not judge.same("1.250", "1,250")


def test_the_verdict_comes_in_the_form_that_is_asked_for() -> None:
    asked = {
        'Reply as JSON: {"winner": "A or B", "margin": 0 to 10}': '{"winner": "A", "margin": 4}',
        "Reply [[A]] or [[B]].": "[[A]]",
        "Reply VERDICT: A or B.": "VERDICT: A",
        ASK: "VERDICT: A, margin 4",
    }
    for ask, expected in asked.items():
        assert said(PLAIN, RIGHT, SHORT, ask=f"Which is better? {ask}").endswith(expected)
    assert json.loads(next(iter(asked.values())))


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        ("[Response 1]", "[Response 2]", "1"),
        ("### The first answer", "### The second answer", "A"),
        ("<answer_a>", "<answer_b>", "A"),
        ("Candidate A:", "Candidate B:", "A"),
    ],
)
def test_headings_are_recognised_in_several_wordings(first: str, second: str, winner: str) -> None:
    pair = f"{first}\n{RIGHT}\n\n{second}\n{SHORT}\n\n---\n"
    user = f"Facts:\n{SHEET}\n\n{pair}Which is better? VERDICT: <name>, margin <0 to 10>"
    assert judge.is_asked_to("", user)
    assert f"VERDICT: {winner}, margin 4" in judge.verdict(PLAIN, "sim-small", "", user, seed="s")


def test_a_question_about_passages_is_no_comparison() -> None:
    assert not judge.is_asked_to("Answer from the passages.", "The fee is 12 EUR.\n\nQuestion: Which fee is better?")


def test_evasions_are_rarer_where_the_contract_is_strict() -> None:
    vague = replace(PLAIN, obedience=0.85)

    def evaded(ask: str) -> int:
        return sum("VERDICT" not in said(vague, RIGHT, SHORT, ask=ask, seed=f"s{n}") for n in range(400))

    strict = evaded(ASK + " Reply with that line only, and nothing else.")
    assert 0 < strict < evaded(ASK) / 2
    assert evaded(ASK) < 120


def test_the_same_request_gets_the_same_verdict_and_a_seed_another() -> None:
    model = Model(Persona("p", {"sim-small": replace(PLAIN, noise=2.0)}))
    user = f"Answer A:\n{RIGHT}\n\nAnswer B:\n{RIGHT}\n\nYour verdict:\n{ASK}"

    def verdict(**options: float) -> str:
        body = {"model": "sim-small", "messages": [{"role": "user", "content": user}], **options}
        text: str = model.answer("/v1/chat/completions", body).body["choices"][0]["message"]["content"]
        return text

    assert verdict() == verdict() == verdict(temperature=0)
    assert len({verdict(temperature=0.7, seed=seed) for seed in range(20)}) > 3
