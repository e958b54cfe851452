"""Chance that can be repeated: a draw depends on what it is about, never on order, time or machine."""

import hashlib


def draw(*parts: object) -> float:
    """A number in [0, 1), always the same for the same parts."""
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") / 2**64


def pick(options: "list[str] | tuple[str, ...]", *parts: object) -> str:
    """One of the options."""
    return options[int(draw(*parts) * len(options))]


def normal(*parts: object) -> float:
    """A draw from the standard normal distribution (the sum of twelve uniform ones: no library function in it)."""
    return sum(draw(*parts, n) for n in range(12)) - 6
