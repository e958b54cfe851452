"""How numbers of the library are written."""

from django import template

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
