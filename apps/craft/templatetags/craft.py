"""How the numbers of a grading are said, and the kit on other apps' pages, which lie below this app.

{% load craft %}{% kit_of_interview interview %}   where the kit of an interview stands, with the way to it
{% load craft %}{{ station.kit|kit_title }}         what people call a kit
"""

from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.craft import queries
from apps.craft.core.kits import KITS
from apps.interviews.models import Interview
from apps.library.models import Station

register = template.Library()


@register.inclusion_tag("craft/_of_interview.html", takes_context=True)
def kit_of_interview(context: template.Context, interview: Interview) -> dict[str, Any]:
    """Nothing for a station of another kind; asks the database only for one of AI craft."""
    request = context["request"]
    if interview.plan_station.version.station.kind != Station.Kind.AI_CRAFT:
        return {"line": None, "can_assign": False}
    lines = queries.assignment_lines(interview=interview, user=request.user, now=timezone.now())
    line = next((line for line in lines if line.is_standing), None)
    return {"line": line, "can_assign": request.user.runs_hiring, "interview": interview}


@register.filter
def ships(name: str) -> bool:
    """Whether a kit of this name comes with the product."""
    return name in KITS


@register.filter
def kit_title(name: str) -> str:
    return queries.kit_title(name)


@register.filter
def spoken(name: str) -> str:
    """A name out of a program as words: exact_accuracy becomes exact accuracy."""
    return name.replace("_", " ").replace("-", " ")


@register.filter
def with_code(text: str) -> SafeString:
    """What stands between `backticks` set as code; everything else as it is."""
    parts = text.split("`")
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if place % 2 else part,) for place, part in enumerate(parts))
    )


@register.filter
def two_decimals(value: float | None) -> str:
    """0.44, −0.20; a dash where there is no number."""
    if value is None:
        return "–"
    text = f"{abs(value):.2f}"
    return f"−{text}" if value < 0 and float(text) != 0 else text


@register.filter
def signed(value: float | None) -> str:
    """A change with its sign: +0.31, −0.05, 0.00; a dash where there is no number."""
    text = two_decimals(value)
    return f"+{text}" if value is not None and value > 0 and text != "0.00" else text


@register.filter
def short_number(value: float | None) -> str:
    """Without decimals that say nothing: 4, 0.125; a dash where there is no number."""
    return "–" if value is None else f"{value:.4g}".replace("-", "−")


@register.filter
def grouped(value: int) -> str:
    """A large number in groups of three: 3 641 993, which no line end breaks."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


@register.filter
def whole_percent(value: float | None) -> str:
    """A share (0 to 1): 57 %."""
    return "–" if value is None else f"{100 * value:.0f} %"


@register.filter
def at(value: float) -> str:
    """A place in per cent of a drawing's width."""
    return f"{value:.2f}%"
