"""Questions that need two facts: told from the prompt alone, and harder for the small model."""

import pytest

from apps.craft.core.shipped.simllm import reader, reasoning
from apps.craft.core.shipped.simllm.persona import CARDS

SHEET = "The gate check needs 4 hours.\nAllow 30 hours for the gate repair.\nThe roof paint needs 9 hours.\n"
TABLE = "|gate/check|crew/north|bay-K|4 hours|\n|gate/repair|crew/south|bay-L|30 hours|\n|roof/paint|x|y|9 hours|\n"
TWO = "How many hours do the gate check and the roof paint need together?"


@pytest.mark.parametrize("context", [SHEET, TABLE])
@pytest.mark.parametrize(
    "question", [TWO, "What do the gate check and the roof paint need in total, in hours?",
                 "The gate check and the roof paint, added up: how many hours?"],
)  # fmt: skip
def test_the_large_model_adds_up_two_facts(context: str, question: str) -> None:
    said = [reasoning.read(CARDS["sim-large"], "sim-large", "", context + question, seed=str(n)) for n in range(200)]
    assert said.count("13 hours") > 0.85 * len(said)


def test_the_small_model_fails_more_often_and_answers_all_the_same() -> None:
    said = [reasoning.read(CARDS["sim-small"], "sim-small", "", SHEET + TWO, seed=str(n)) for n in range(200)]
    assert 0.4 < said.count("13 hours") / 200 < 0.6
    assert {"4 hours", "9 hours"} < set(said)


@pytest.mark.parametrize(
    "user",
    [
        SHEET + "How many hours for the gate check?",
        "All of this holds together and in total.\nWhat is the fee?",
        "No question at all.",
    ],
)
def test_a_question_about_one_fact_is_read_as_ever(user: str) -> None:
    assert not reasoning.is_asked_to(user)
    card = CARDS["sim-small"]
    assert reasoning.read(card, "sim-small", "", user, seed="s") == reader.answer(card, "sim-small", "", user, seed="s")


def test_a_step_that_is_not_there_is_not_made_up() -> None:
    said = reasoning.read(CARDS["sim-large"], "sim-large", "", SHEET + TWO.replace("roof paint", "lamp swap"), seed="s")
    assert said == "4 hours"
