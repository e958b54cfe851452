"""The browser that tests and pictures share: the system's Chromium, which cannot leave this machine."""

import shutil

from playwright.sync_api import Browser, BrowserContext, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
WAIT_MILLISECONDS = 30_000  # only a failing test waits that long


class NoChromium(RuntimeError):
    """There is no Chromium on this machine; the sentence says how to get one."""


def launch(playwright: Playwright) -> Browser:
    found = [path for path in map(shutil.which, NAMES) if path]
    if not found:
        raise NoChromium(f"None of {', '.join(NAMES)} is installed. Run .ci/system-packages browser.")
    return playwright.chromium.launch(executable_path=found[0], args=ARGUMENTS)


def sign_in_by_cookie(context: BrowserContext, *, user: object, address: str) -> None:
    """A session made by Django's own test client, handed to the browser."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
