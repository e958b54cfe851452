"""What the judge reads: the question, the sheet, the two answers, and the form of its verdict."""

import re
from functools import lru_cache

from harness import files

RULES = files.text("prompts/rules.txt").strip()
CONTRACT = files.text("prompts/contract.txt").strip()
AGAIN = files.text("prompts/again.txt").strip()

# Room in a prompt, in characters. The window of the small model is shared by the sheet and two answers.
# [[site: sheet_room]]
# [[site: answer_room]]


def messages(question, lines, first, second, shown, again=False):
    """One request to the judge. `lines` is the sheet, `shown` the verdicts given so far in this run."""
    parts = [
        f"Question:\n{question}",
        "Reference (the sheet):\n" + "\n".join(within(lines, SHEET_ROOM)),
        f"Answer A:\n{plain(first)[:ANSWER_ROOM]}",
        f"Answer B:\n{plain(second)[:ANSWER_ROOM]}",
        "Your verdict:\n" + CONTRACT.replace("{example}", example(shown)),
    ]
    if again:
        parts.append(AGAIN)
    return [{"role": "system", "content": RULES}, {"role": "user", "content": "\n\n".join(parts)}]


def within(lines, room):
    """The lines that fit into the room."""
    kept = []
    for line in lines:
        room -= len(line)
        if room < 0:
            break
        kept.append(line)
    return kept


@lru_cache(maxsize=None)
def plain(text):
    """An answer as the judge gets it: what is said, without the way it is laid out."""
    text = text.replace("\r", "").replace("\u00a0", " ")
    # [[site: style]]
    return text.strip()


def example(shown):
    """A verdict in the form that is asked for."""
    # [[site: example]]
