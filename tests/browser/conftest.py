"""A browser per session, a context per test, and a watch that fails a test on what a reader's console would show."""

import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from apps.accounts.models import User
from hiringloop.celery import app
from tests.browser.chromium import WAIT_MILLISECONDS, WIDE, launch, sign_in_by_cookie

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@pytest.fixture(scope="package")
def browser(live_server: Any) -> Iterator[Browser]:
    """One browser. Playwright's loop, and with it this browser, ends before other tests go on.

    Asks for the server so that it closes, with its connections, before the server does.
    """
    expect.set_options(timeout=WAIT_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()
        # While a loop runs in this thread, Django keeps other connections for it; nobody else would close them.
        connections.close_all()


class Watch:
    """Collects what went wrong behind a page: console errors (refusals by the content security policy among them),
    uncaught errors, requests that leave this machine, and exceptions in views."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.expected: list[str] = []

    def expect_console(self, *patterns: str) -> None:
        """Console errors that belong to what the test does, a refused page for example; regular expressions."""
        self.expected += patterns

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"uncaught: {error.error}"))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in LOOPBACK:
            self.faults.append(f"left this machine: {request.url}")

    def view_raised(self, sender: Any, request: Any, **kwargs: Any) -> None:
        self.faults.append(f"{request.path} raised {sys.exc_info()[1]!r}")

    def unexpected(self) -> list[str]:
        return [fault for fault in self.faults if not any(re.search(pattern, fault) for pattern in self.expected)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    got_request_exception.connect(watch.view_raised)
    yield watch
    got_request_exception.disconnect(watch.view_raised)


class Requests:
    """Counts what the server is busy with. A page saves once more while it closes; nobody may empty the tables then."""

    def __init__(self) -> None:
        self.running = 0
        self.changed_at = 0.0

    def started(self, **kwargs: Any) -> None:
        self.running += 1
        self.changed_at = time.monotonic()

    def finished(self, **kwargs: Any) -> None:
        self.running -= 1
        self.changed_at = time.monotonic()

    def wait_for_rest(self, *, quiet: float = 0.05, limit: float = 10) -> None:
        """Until no request has run for `quiet` seconds; an event stream that never ends is not waited for longer."""
        begun = time.monotonic()
        while time.monotonic() - begun < limit:
            if self.running <= 0 and time.monotonic() - max(self.changed_at, begun) >= quiet:
                return
            time.sleep(0.01)


@pytest.fixture
def requests() -> Iterator[Requests]:
    requests = Requests()
    request_started.connect(requests.started)
    request_finished.connect(requests.finished)
    yield requests
    request_started.disconnect(requests.started)
    request_finished.disconnect(requests.finished)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, live_server: Any, watch: Watch, requests: Requests) -> Iterator[OpenPage]:
    """Give somebody a browser of their own (None: nobody signed in). Addresses are relative to the site."""
    contexts: list[BrowserContext] = []

    def opened(user: User | None = None, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=options.pop("viewport", WIDE),
            locale="en-GB",
            timezone_id="UTC",
            **options,
        )
        context.set_default_timeout(WAIT_MILLISECONDS)
        watch.follow(context)
        contexts.append(context)
        if user is not None:
            sign_in_by_cookie(context, user=user, address=live_server.url)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    requests.wait_for_rest()
    assert not watch.unexpected(), "\n".join(watch.unexpected())


@pytest.fixture
def work_at_once() -> Iterator[None]:
    """Background work is done inside the request that asks for it, after its commit."""
    before = app.conf.task_always_eager
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = before
