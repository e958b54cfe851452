"""Every address of the product, and pages as text that can be compared."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver


@dataclasses.dataclass(frozen=True)
class Address:
    """One pattern of the URL configuration; `name` with its namespace, or the bare route where it has no name."""

    name: str
    route: str
    view: Callable[..., Any]


def addresses(resolver: URLResolver | None = None, namespace: str = "", route: str = "") -> Iterator[Address]:
    """All patterns, also those of included configurations (the admin site's among them)."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry, inner, here)
        elif isinstance(entry, URLPattern):
            yield Address(namespace + entry.name if entry.name else here, here, entry.callback)


_VARIES = [
    (re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"'), 'name="csrfmiddlewaretoken"'),
    (re.compile(r"held [^<]*? ago"), "held some time ago"),
    (re.compile(r'<input type="hidden" name="initial-[^>]*>'), ""),
]


def comparable(text: str) -> str:
    """A page without what differs between two visits anyway: the form's token, and how long ago something was."""
    for pattern, replacement in _VARIES:
        text = pattern.sub(replacement, text)
    return text


class Visitor:
    """Somebody's browser whose requests leave nothing behind: each is rolled back."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def ask(self, method: str, address: str, data: dict[str, Any] | None = None, **headers: Any) -> tuple[int, str]:
        """Status, and the page with its address where it redirects. Redirects are followed one step."""
        response = self.send(method, address, data, **headers)
        return response.status_code, response.text_of_page

    def send(self, method: str, address: str, data: dict[str, Any] | None = None, **headers: Any) -> Any:
        self.client.cookies.clear()
        for name, value in self.cookies.items():
            self.client.cookies[name] = value
        with transaction.atomic():
            response = (
                self.client.generic(method, address)
                if method not in ("GET", "POST")
                else getattr(self.client, method.lower())(address, data or {}, headers=headers or None)
            )
            if response.streaming:
                text = repr(b"".join(response.streaming_content))
            else:
                text = response.content.decode(response.charset or "utf-8", "replace")
            if response.status_code in (301, 302):
                text = f"-> {response['Location']}"
                if settings.LOGIN_URL not in text and "/sign-in/" not in text and "/admin/login" not in text:
                    followed = self.client.get(response["Location"])
                    text += "\n" + followed.content.decode()
            response.text_of_page = comparable(text)
            transaction.set_rollback(True)
        return response
