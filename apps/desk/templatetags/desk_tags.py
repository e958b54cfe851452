"""Where the reader is."""

from django import template

register = template.Library()


@register.filter
def begins_with(path: str, beginning: str) -> bool:
    return bool(beginning) and path.startswith(beginning)
