"""How the numbers of a panel's reading are said."""

from django import template

from apps.debriefs.templatetags.calibration_tags import two

register = template.Library()


@register.filter
def chance(value: float) -> str:
    """A probability in whole per cent; nothing is ever certain: 62 %, over 99 %, under 1 %."""
    percent = round(100 * value)
    if percent >= 100:
        return "over 99 %"
    return f"{percent} %" if percent >= 1 else "under 1 %"


@register.filter
def bits(value: float) -> str:
    """Information: 0.24 bits."""
    return f"{value:.2f} bits"


@register.filter
def at(value: float) -> str:
    """A place in per cent of a drawing's width."""
    return f"{value:.2f}%"


@register.filter
def percent_1(value: float) -> str:
    """A small probability with one decimal: 3.4 %."""
    return f"{100 * value:.1f} %"


@register.filter
def bracketed(value: float) -> str:
    """A number to be taken away, in brackets where it is negative: 0.44, (−1.20)."""
    text = two(value)
    return f"({text})" if text.startswith("−") else text
