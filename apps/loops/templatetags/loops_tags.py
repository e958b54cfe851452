"""How numbers of loops are written."""

from django import template

from apps.library.models import Station
from apps.loops import translate

register = template.Library()

TIMES = ("not at all", "once", "twice", "three times", "four times", "five times", "six times")


@register.filter
def figure(value: float, decimals: int = 2) -> str:
    """A number as the field writes it, without the zero before the point: .818, 1.07, −.05."""
    text = f"{abs(value):.{decimals}f}"
    text = text[1:] if text.startswith("0.") else text
    return f"−{text}" if value < 0 and text.strip(".0") else text


@register.filter
def points(share: float) -> str:
    """A share (0 to 1) as percentage points with one decimal."""
    return f"{100 * share + 0.0:.1f}".replace("-0.0", "0.0").replace("-", "−")


@register.filter
def size(value: float) -> float:
    """How large a difference is, whatever its direction."""
    return abs(value)


@register.filter
def signed(value: float, decimals: int = 0) -> str:
    """A difference with its sign: +4, −15, and 0 for none."""
    text = f"{abs(value):.{decimals}f}"
    if not text.strip("0."):
        return "0"
    text = text[1:] if text.startswith("0.") else text
    return f"{'+' if value > 0 else '−'}{text}"


@register.filter
def times(number: float) -> str:
    """How often, in words."""
    return TIMES[int(number)] if number < len(TIMES) else f"{int(number)} times"


@register.filter
def clock(minutes: int) -> str:
    """Minutes since the day began as hours and minutes: 0:45, 3:05."""
    return f"{minutes // 60}:{minutes % 60:02d}"


@register.filter
def span(minutes: float) -> str:
    """A duration in words people use: 45 min, 2 h, 3 h 15 min."""
    hours, rest = divmod(round(minutes), 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


@register.filter
def hours_exact(minutes: float) -> str:
    """Minutes as hours with as many decimals as it takes, two at most: 4, 4.25."""
    return translate.written_hours(minutes)


@register.filter
def percent1(share: float) -> str:
    """A share (0 to 1) as per cent with one decimal."""
    return f"{share:.1%}"


@register.filter
def signed_points(share: float) -> str:
    """A difference of shares in percentage points: +4.2, −0.4, 0."""
    return signed(100 * share, 1)


@register.filter
def signed_hours(minutes: float) -> str:
    """A difference of minutes in hours: +1.25, −0.5, 0."""
    return "0" if not minutes else f"{'+' if minutes > 0 else '−'}{hours_exact(abs(minutes))}"


@register.filter
def kind_limits(kinds: dict[str, dict[str, int]]) -> list[tuple[str, int | None, int | None]]:
    """The limits per kind of station: its name, least and most."""
    return [(Station.Kind(kind).label, sides.get("least"), sides.get("most")) for kind, sides in kinds.items()]
