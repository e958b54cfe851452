"""What a browser sends back from the library's editors: the fields of the page as they stand, to be changed."""

import html
import re
from typing import Any

Fields = dict[str, Any]

_TAG = re.compile(
    r"<input[^>]*>|<textarea[^>]*>(?P<text>.*?)</textarea>|<select[^>]*>(?P<options>.*?)</select>", re.DOTALL
)


def fields(page: Any) -> Fields:
    """Name and value of every field of the page's editor form; boxes that are not ticked are not sent."""
    body = page.content.decode()
    form = body[body.index('id="form"') :]
    sent: Fields = {}
    for tag in _TAG.finditer(form[: form.index("</form>")]):
        opening = tag[0][: tag[0].index(">") + 1]
        name = re.search(r'name="([^"]+)"', opening)
        if name is None or 'type="checkbox"' in opening:
            continue
        if tag["text"] is not None:
            value = tag["text"].removeprefix("\n")
        elif tag["options"] is not None:
            chosen = re.search(r'<option value="([^"]*)"[^>]*selected', tag["options"])
            value = chosen[1] if chosen else ""
        else:
            found = re.search(r'value="([^"]*)"', opening)
            value = found[1] if found else ""
        sent[name[1]] = html.unescape(value).replace("\r\n", "\n").replace("\n", "\r\n")
    return sent


def words(page: Any) -> str:
    """The page as somebody reads it, without tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def row_of(sent: Fields, prefix: str, **values: str) -> str:
    """The first row of a table that holds these values, as the prefix of its fields."""
    for number in range(int(sent[f"{prefix}-TOTAL_FORMS"])):
        if all(sent[f"{prefix}-{number}-{name}"] == value for name, value in values.items()):
            return f"{prefix}-{number}"
    raise AssertionError(f"no row of {prefix} with {values}")
