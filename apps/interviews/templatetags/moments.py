"""Where evidence is to be found, as a page shows it."""

from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def moment(text: str) -> str | SafeString:
    """A link where the whole text is an address of the web, else the text. Nothing else ever becomes a link."""
    if not _is_web_address(text):
        return text
    return format_html('<a href="{}" rel="noopener noreferrer nofollow">{}</a>', text, text)


def _is_web_address(text: str) -> bool:
    if any(one.isspace() or not one.isprintable() for one in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
