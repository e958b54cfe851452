"""How the calibration's numbers are said."""

from django import template

register = template.Library()

SAME_LEVEL = 0.2

_QUARTERS = {1: "a quarter of a level", 2: "half a level", 3: "three quarters of a level", 4: "one level"}


@register.filter
def levels_in_words(value: float) -> str:
    """A difference in levels as people say it, to the quarter: about half a level lower. Below a fifth: the same."""
    if abs(value) < SAME_LEVEL:
        return "about the same level"
    quarters = round(4 * abs(value))
    size = _QUARTERS.get(quarters, f"{quarters / 4:g} levels")
    return f"about {size} {'higher' if value > 0 else 'lower'}"


@register.filter
def levels(value: float) -> str:
    """A difference in levels with its sign and two decimals: +0.31, −0.50, 0.00."""
    text = f"{abs(value):.2f}"
    return text if float(text) == 0 else f"{'+' if value > 0 else '−'}{text}"


@register.filter
def whole_percent(value: float) -> str:
    """A share (0 to 1): 57 %."""
    return f"{100 * value:.0f} %"


@register.filter
def two(value: float) -> str:
    """Two decimals, with a real minus sign: 0.44, −1.20."""
    text = f"{value:.2f}"
    return f"−{text[1:]}" if text.startswith("-") and float(text) != 0 else text.lstrip("-")


@register.filter
def duration(hours: float) -> str:
    """Hours as people say them: 40 minutes, 5 hours, 3 days."""
    for size, unit in ((24.0, "day"), (1.0, "hour")):
        if hours >= 2 * size or (unit == "hour" and hours >= 1):
            count = round(hours / size)
            return f"{count} {unit}{'s' * (count != 1)}"
    count = round(60 * hours)
    return f"{count} minute{'s' * (count != 1)}"


@register.filter
def absolute(value: float) -> str:
    """Without its sign, and without decimals that say nothing: 1, 0.5."""
    return f"{abs(value):g}"
