"""How the numbers of a panel's reading are said."""

from collections.abc import Sequence

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


@register.filter
def listed(things: Sequence[object]) -> str:
    """As people list them: Ana, Ben and Cleo."""
    words = [str(thing) for thing in things]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


@register.filter
def all_of(count: int) -> str:
    """Everybody of so many: both, all three, all 12; of one, the only one."""
    return {1: "the only one", 2: "both"}.get(count) or f"all {_COUNTS.get(count, count)}"


@register.filter
def counted(number: int) -> str:
    """A small number as a word: three; from ten on in figures."""
    return _COUNTS.get(number, str(number))


@register.filter
def one_in(share: float) -> str:
    """A share as one in so many: about 1 of 9."""
    return f"about 1 of {max(round(1 / share), 1)}" if share > 0 else "hardly any"


_COUNTS = dict(enumerate(("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")))
