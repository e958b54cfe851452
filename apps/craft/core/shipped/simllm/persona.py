"""What this copy of the models is like: public cards, and the private habits that are drawn anew for every copy."""

from dataclasses import asdict, dataclass, fields, replace

from .chance import draw


@dataclass(frozen=True)
class Card:
    """One model. The first five fields are public (MODELS.md); the others are how it errs."""

    window: int  # tokens of prompt it can read
    usd_in: float  # per million tokens of prompt
    usd_out: float  # per million tokens of answer
    requests_per_minute: float
    tokens_per_minute: float
    overflow: str = "error"  # what happens to a prompt beyond the window: error, head, middle
    attention: str = "middle"  # where in a long prompt it reads worst: middle, start, end
    depth: float = 0.5  # how much of the worst place it misses when the window is well filled
    obedience: float = 0.8  # how often an instruction is followed
    reading: float = 0.96  # how often the right value is taken from the right sentence
    reasoning: float = 0.6  # how often a question that needs two facts is answered right
    taste: float = 0.6  # as a judge: how much it prefers its own style
    slot: float = 0.5  # as a judge: how much it prefers what it reads first
    length: float = 0.8  # as a judge: how much it prefers the longer
    noise: float = 0.4  # as a judge: how much chance is in a verdict
    style: str = "list"  # as a judge: what its own style is: list, bold, opening
    latency: float = 0.5  # seconds, the median
    spread: float = 0.35  # of the logarithm of the latency
    tail: float = 0.01  # share of calls that take twelve times as long
    retry_after: str = "seconds"  # how a refusal says when to come back: seconds, date, message
    counts: str = "prompt"  # which tokens count for the quota: prompt, reserved (prompt and max_tokens)
    outage: str = ""  # what it does in an outage: refuses, hangs; empty: it has none


CARDS = {
    "sim-small": Card(
        window=2048, usd_in=0.15, usd_out=0.60, requests_per_minute=480, tokens_per_minute=400_000,
        depth=0.55, obedience=0.88, reading=0.95, reasoning=0.50, latency=0.37,
    ),
    "sim-large": Card(
        window=8192, usd_in=2.50, usd_out=10.0, requests_per_minute=240, tokens_per_minute=200_000,
        depth=0.25, obedience=0.95, reading=0.99, reasoning=0.93, latency=1.10, spread=0.40, tail=0.02,
    ),
}  # fmt: skip

SPREADS = {"depth": 0.15, "obedience": 0.08, "reading": 0.02, "taste": 0.15, "slot": 0.15, "length": 0.2}


@dataclass(frozen=True)
class Persona:
    seed: str
    models: "dict[str, Card]"

    def as_data(self) -> "dict[str, object]":
        return {"seed": self.seed, "models": {name: asdict(card) for name, card in self.models.items()}}


def persona(seed: str, **habits: "dict[str, object]") -> Persona:
    """A copy of the models: habits given by name hold for every model, the others are jittered by the seed.

    `habits` maps a model's name (with `_` for `-`), or `every`, to fields of its card.
    """
    models = {}
    for name, card in CARDS.items():
        moved = {
            field: min(1.0, max(0.02, getattr(card, field) + spread * (2 * draw(seed, "habit", name, field) - 1)))
            for field, spread in SPREADS.items()
        }
        given = {**habits.get("every", {}), **habits.get(name.replace("-", "_"), {})}
        models[name] = replace(card, **{**moved, **given})
    return Persona(seed, models)


def from_data(data: "dict") -> Persona:
    known = {field.name for field in fields(Card)}
    return Persona(
        data["seed"],
        {name: Card(**{k: v for k, v in card.items() if k in known}) for name, card in data["models"].items()},
    )


def changed(models: Persona, times: "dict[str, float]") -> Persona:
    """The models with some fields of their cards multiplied, for what-ifs. KeyError names a field there is not."""
    for name in times:
        if not isinstance(vars(CARDS["sim-small"]).get(name), (int, float)):
            raise KeyError(name)
    cards = {}
    for name, card in models.models.items():
        moved = {field: type(getattr(card, field))(getattr(card, field) * by) for field, by in times.items()}
        cards[name] = replace(card, **moved)
    return Persona(models.seed, cards)
