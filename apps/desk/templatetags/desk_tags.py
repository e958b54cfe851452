"""Where the reader is."""

from django import template

register = template.Library()


@register.filter
def begins_with(path: str, beginnings: str) -> bool:
    """Whether the path begins with one of these, which stand with spaces between them."""
    return path.startswith(tuple(beginnings.split()))
