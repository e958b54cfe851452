"""Embeddings: letters in threes, counted into as many numbers as asked for. Texts that share words are near.

Two models, whose numbers do not go together: an index made by one cannot be asked by the other.
"""

import math
from functools import lru_cache

from .chance import draw
from .words import count_tokens, meaning

MODELS = ("sim-embed-a", "sim-embed-b")
SIZE = 64


@lru_cache(maxsize=20_000)
def embed(model: str, text: str, size: int = SIZE) -> "tuple[float, ...]":
    """A vector of length 1."""
    numbers = [0.0] * size
    for word in meaning(text):
        padded = f" {word} "
        for start in range(len(padded) - 2):
            at = draw(model, padded[start : start + 3])
            numbers[int(at * size)] += 1.0 if (at * size * 1000) % 2 < 1 else -1.0
    length = math.sqrt(sum(number * number for number in numbers)) or 1.0
    return tuple(number / length for number in numbers)


def vectors(body: "dict") -> "dict":
    """The answer to a request for embeddings. Raises ValueError (what is wrong) and KeyError (no such model)."""
    model, given = body.get("model"), body.get("input")
    texts = [given] if isinstance(given, str) else given
    if model not in MODELS:
        raise KeyError(model)
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise ValueError("`input` must be a text or a list of texts.")
    tokens = sum(map(count_tokens, texts))
    data = [{"object": "embedding", "index": n, "embedding": list(embed(model, t))} for n, t in enumerate(texts)]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "model": model, "data": data, "usage": usage}
