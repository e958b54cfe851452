"""What has been said so far, in as many tokens as a request may have."""

from app import settings


class History:
    def __init__(self, system, ticket):
        self.head = [{"role": "system", "content": system}, {"role": "user", "content": ticket}]
        self.said = []  # the model's messages and the results of its calls

    def add(self, said, results):
        self.said += [said, *results]

    def messages(self):
        """The messages of the next request."""
        room = settings.whole("context", "history_tokens") - sum(map(size, self.head))
        return [*self.head, *fitting(self.said, room)]


def fitting(said, room):
    """As much of what was said as there is room for."""
    # [[site: trimming]]


def shorter(message):
    """A result in fewer words: its first rows, which fit the ticket best."""
    rows = message["content"].split("\n")
    return {**message, "content": "\n".join(rows[:3])}


def size(message):
    """About how many tokens a message has."""
    length = len(message.get("content") or "")
    for call in message.get("tool_calls") or []:
        length += 80 + len(call["function"]["arguments"])
    return length // 4 + 1
