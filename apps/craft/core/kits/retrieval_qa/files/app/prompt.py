"""What the model gets to read."""

from app import settings
from harness import files

SYSTEM = files.text("prompts/answer.txt")


def messages(question, found):
    """The request's messages for a question and the passages found for it, best first."""
    shown = arranged(fitting(found))
    context = "\n\n".join(f"[{heading}]\n{text}" for _, heading, text in shown)
    return [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": f"{context}\n\nQuestion: {question}"},
    ]


def fitting(found):
    """As many passages as the budget has tokens for."""
    room = settings.whole("prompt", "budget")
    # [[site: budget]]


def arranged(found):
    """The order in which passages stand in the prompt; they come best first."""
    # [[site: order]]


def tokens(text):
    """About how many tokens a text has."""
    return len(text) // 4 + 1
