"""How numbers of the library are written, and how fresh a station is."""

from django import template
from django.utils import timezone

from apps.library import queries
from apps.library.core.freshness import Freshness
from apps.library.models import Station

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A share (0 to 1) as whole per cent."""
    return f"{share:.0%}"


@register.filter
def share(value: float | None) -> str:
    """A reliability as the field writes it: .44; nothing for None."""
    if value is None:
        return ""
    text = f"{float(value):.2f}"
    return text[1:] if text.startswith("0.") else text


@register.filter
def hours(minutes: int) -> str:
    """Minutes as hours with one decimal."""
    return f"{minutes / 60:.1f}"


@register.filter
def has_lines(text: str) -> bool:
    """Whether a text is laid out in lines (a table, code): then its columns have to keep their widths."""
    return "\n" in text.strip()


@register.simple_tag
def freshness_of(station: Station) -> Freshness:
    """How fresh a station is today; asks the database nothing."""
    return queries.freshness_of(station=station, today=timezone.localdate())


@register.filter
def months(value: float) -> str:
    """Months without decimals, and "less than one" for what would read 0."""
    return "less than one month" if round(value) < 1 else f"{round(value)} month{'s' * (round(value) != 1)}"


@register.filter
def number(value: float) -> str:
    """12 for 12.0, .12 for 0.12."""
    return f"{value:g}"
