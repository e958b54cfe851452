"""Pages as somebody reads them, and forms as somebody fills them in."""

import html
import re
from typing import Any

from apps.interviews.models import Scorecard
from apps.library.models import Competency


def words(response: Any) -> str:
    """The page as somebody reads it, without tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def field(response: Any, name: str) -> str:
    """What stands in a text field or a text area of the page."""
    page = response.content.decode()
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    if area:
        return html.unescape(area[1])
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert tag, f"no field {name}"
    value = re.search(r'value="([^"]*)"', tag[0])
    return html.unescape(value[1]) if value else ""


def table(competencies: list[Competency], weights: list[int], **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "line-TOTAL_FORMS": len(competencies), "line-INITIAL_FORMS": len(competencies), "weights_reason": "",
        "candidate_minutes": 321, "interviewer_hours": "7.5", "min_ai_craft": 0, **more,
    }  # fmt: skip
    for place, (competency, weight) in enumerate(zip(competencies, weights, strict=True)):
        data |= {
            f"line-{place}-competency": competency.pk, f"line-{place}-needed": "on", f"line-{place}-weight": weight,
            f"line-{place}-bar": 4, f"line-{place}-min_signals": 2,
        }  # fmt: skip
    return data


def card(loop: Any, *, revision: int = 0, level: str = "3", do: str = "save", **more: str) -> dict[str, str]:
    return {
        "revision": str(revision), f"level-{loop.first.pk}": level, f"evidence-{loop.first.pk}": "They measured first.",
        "recommendation": "yes", "private_notes": "Ask about the pager.", "do": do, **more,
    }  # fmt: skip


def saved(loop: Any) -> Scorecard:
    return Scorecard.objects.get(interview=loop.of_ben)
