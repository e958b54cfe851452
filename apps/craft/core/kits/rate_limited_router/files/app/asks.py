"""A request as the service sees it: its deadline, its prompt, how many tokens that is, and how hard the question looks."""

import json

from harness import files

from app import settings

SHEETS = json.loads(files.text("data/__sheet__s.json"))
PROMPT = files.text("prompts/answer.txt")

# Seconds from arrival within which an answer is worth something, by channel.
# [[site: deadlines]]


class Ask:
    def __init__(self, task):
        self.id = task["id"]
        self.arrived = task["arrives"]
        self.by = self.arrived + WITHIN[task["channel"]]
        self.sheet = SHEETS[task["__sheet__"]]
        self.messages = [
            {"role": "system", "content": PROMPT},
            {"role": "user", "content": f"{shown(self.sheet['text'])}\n\n{task['question']}"},
        ]
        self.tokens = tokens(self.messages)
        self.names = names(task, self.sheet["steps"])

    @property
    def until(self):
        """The moment from which on no more work is spent on the request."""
        # [[site: until]]

    @property
    def is_hard(self):
        return self.names >= settings.names


def shown(text):
    """The part of a sheet that goes into the prompt; very long ones are cut at the end of a line."""
    # [[site: shown]]
    return text if len(text) <= most else text[:most].rsplit("\n", 1)[0]


def tokens(messages):
    """What a call will cost of the quota of tokens."""
    text = "".join(message["content"] for message in messages)
    # [[site: tokens]]


def names(task, steps):
    """How many steps of the sheet a request is about: one is looked up, two have to be put together."""
    # [[site: hard_text]]
    return sum(1 for step in steps if step in text)
