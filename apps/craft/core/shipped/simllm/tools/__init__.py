"""Tools: with tools at hand the model calls one or several, fills their arguments as far as it is told how, or answers.

It knows no shop. What it does follows from the request alone: first it looks things up, then it does what the rules it
found tell it to do with the record that fits the request, then it ends with a sentence. The habits are imitated from:

* which tool, and what stands in its arguments, follows from names, descriptions and schemas, and is guessed where they
  say nothing (Patil et al. 2023, "Gorilla"; Qin et al. 2023, "ToolLLM");
* an error that says what to change is corrected, another is repeated (Gou et al. 2024, "CRITIC"; Huang et al. 2024,
  "Large Language Models Cannot Self-Correct Reasoning Yet"), and in the end success is claimed;
* steps are repeated and the end is not noticed where nobody told it (Cemri et al. 2025, "MAST");
* the same task ends differently from run to run (Yao et al. 2024, "tau-bench", who count pass^k);
* in a long prompt the middle is read worst (Liu et al. 2024), and what was trimmed away was never said.

`request` is what it makes of the texts, `turn` what it then does.
"""

import json

from ..persona import Card
from .request import asked_for, parts, text_of
from .turn import Turn

__all__ = ["act", "as_text", "asked_for", "text_of"]

REMEMBERED = 20_000
_said: "dict[int, dict]" = {}  # the same request gets the same answer: what was worked out before
_last: "tuple[list[dict], str]" = ([], "[]")


def act(card: Card, model: str, messages: "list[dict]", tools: "list[dict]", *, seed: str) -> "dict":
    """The assistant's message: `tool_calls`, or `content`."""
    told = as_text(tools)
    key = hash((card, model, seed, told, *[part for message in messages for part in parts(message)]))
    if key not in _said:
        if len(_said) > REMEMBERED:
            _said.clear()
        _said[key] = Turn(card, model, messages, told, seed).message()
    return dict(_said[key])


def as_text(tools: "list[dict]") -> str:
    """The tools of a request as text; callers in this process send the same list again and again."""
    global _last  # noqa: PLW0603  # a memory of one
    if _last[0] is not tools:
        _last = (tools, json.dumps(tools))
    return _last[1]
