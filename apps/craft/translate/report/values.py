"""What the page of a result shows, as values."""

from dataclasses import dataclass

GRADED = "graded"
OVERFIT_FROM = 0.1  # by how much more the items they had rose than the hidden ones, to be worth a question
NULL_SHARE = 0.4  # of the items with a model that only refuses, to be worth a question


@dataclass(frozen=True)
class Tick:
    at: float
    value: float


@dataclass(frozen=True)
class Gain:
    """The normalised gain with its interval, and where they stand in a drawing (per cent of its width)."""

    value: float
    low: float
    high: float
    drawn_at: float
    drawn_low: float
    drawn_high: float
    start_at: float
    reference_at: float
    ticks: tuple[Tick, ...]

    @property
    def is_clear(self) -> bool:
        """The interval leaves out the start: some of the gain is no chance."""
        return self.low > 0


@dataclass(frozen=True)
class Metric:
    name: str
    start: float | None
    reference: float | None
    hidden: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Slice:
    name: str
    start: float | None
    value: float | None
    n: int | None

    @property
    def change(self) -> float | None:
        return None if self.start is None or self.value is None else self.value - self.start


@dataclass(frozen=True)
class Guard:
    """A limit that had to be kept: `most` says whether the value may be no higher or no lower than it."""

    name: str
    most: bool
    limit: float | None
    value: float | None
    start: float | None
    held: bool


@dataclass(frozen=True)
class Shifted:
    """Items of another kind than those worked on: longer documents, other words."""

    start: float | None
    value: float | None

    @property
    def generalises(self) -> bool:
        return self.start is not None and self.value is not None and self.value > self.start


@dataclass(frozen=True)
class Overfit:
    """By how much the metric rose on the items they had, and on the hidden ones; places in per cent of the width."""

    dev: float
    hidden: float
    difference: float
    dev_at: float
    hidden_at: float
    zero_at: float

    @property
    def is_noticeable(self) -> bool:
        return self.difference >= OVERFIT_FROM


@dataclass(frozen=True)
class DiffLine:
    """`kind` is one of add, take, same, gap; numbers are None where the line does not stand on that side."""

    kind: str
    old: int | None
    new: int | None
    text: str


@dataclass(frozen=True)
class DiffFile:
    path: str
    lines: tuple[DiffLine, ...]
    added: int
    taken: int
    left_out: int
    is_cut: bool


@dataclass(frozen=True)
class Run:
    """One evaluation with what was foretold of it. `expected` is a change, as `after` less `before` is.

    A probe runs over some items only: it is no called shot, and its numbers compare with no other run's.
    """

    n: int
    why: str
    expected: float | None
    before: float | None
    after: float | None
    usd: float | None
    is_full: bool
    items: int | None

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def miss(self) -> float | None:
        return None if self.expected is None or self.change is None else abs(self.change - self.expected)


@dataclass(frozen=True)
class Ledger:
    intact: bool
    runs: tuple[Run, ...]
    called: int
    mean_error: float | None

    @property
    def full(self) -> int:
        return sum(run.is_full for run in self.runs)


@dataclass(frozen=True)
class Usage:
    calls: int | None
    tokens: int | None
    usd: float | None
    refused: int | None


@dataclass(frozen=True)
class NullProbe:
    """How many items came out right while the model only refused."""

    answered: int
    asked: int

    @property
    def bypasses(self) -> bool:
        """More than items for which a refusal is the right answer explain."""
        return self.answered > NULL_SHARE * self.asked


@dataclass(frozen=True)
class Report:
    verdict: str
    reason: str
    gain: Gain | None
    metric: Metric | None
    slices: tuple[Slice, ...]
    guards: tuple[Guard, ...]
    shifted: Shifted | None
    overfit: Overfit | None
    editable: tuple[DiffFile, ...]
    frozen: tuple[DiffFile, ...]
    ledger: Ledger | None
    usage: Usage | None
    null_probe: NullProbe | None
    repeats: bool | None
    foreign_canary: bool
    seconds: float | None
    errors: str
    level: str
    reproduced: bool

    @property
    def is_graded(self) -> bool:
        """It ran to its end. What ended early may still have a gain: the answers it gave count."""
        return self.verdict == GRADED

    @property
    def breached(self) -> tuple[Guard, ...]:
        return tuple(guard for guard in self.guards if not guard.held)
