"""The README's pictures, and for the eye a picture of every page: `python -m tests.pictures [--all FOLDER]`.

Everything is made anew from the shipped library and the demo organisation, in a database of its own.
"""

import argparse
import contextlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 300 * 1024
SCHEMES = ("light", "dark")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures", metavar="FOLDER")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="take every page instead, into this folder")
    parser.add_argument("--only", default="", metavar="WORD", help="with --all: only pages with this in their names")
    options = parser.parse_args()
    with site() as address, sync_playwright() as playwright:
        from django.db import connections

        from tests.browser.chromium import NoChromium, launch

        try:
            browser = launch(playwright)
        except NoChromium as problem:
            print(problem, file=sys.stderr)
            return 1
        try:
            if options.all:
                return every_page(browser, address, options.all, only=options.only)
            return readme_pictures(browser, address, options.out)
        finally:
            browser.close()
            connections.close_all()  # those of Playwright's loop: once it has ended, nobody would close them


@contextlib.contextmanager
def site() -> Iterator[str]:
    """A running site on an empty database that is removed at the end. Gives its address."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hiringloop.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's synchronous interface runs a loop in this thread
    django.setup()
    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.db import connection
    from django.test.testcases import LiveServerThread
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    logging.disable(logging.WARNING)
    setup_test_environment(debug=False)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connection.settings_dict["TEST"]["NAME"] = f"test_pictures_{os.getpid()}"
    with tempfile.TemporaryDirectory() as folder:
        settings.PACKETS_DIR, settings.CRAFT_DIR = Path(folder) / "packets", Path(folder) / "craft"
        databases = setup_databases(verbosity=0, interactive=False)
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        try:
            server.start()
            server.is_ready.wait()
            if server.error:
                raise server.error
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.terminate()
            teardown_databases(databases, verbosity=0)


def every_page(browser: Browser, address: str, folder: Path, *, only: str) -> int:
    """NN-page-width-scheme.png for every page; those of others than the leader carry the reader in their name."""
    from tests.browser import pages
    from tests.browser.chromium import PHONE, WIDE, sign_in_by_cookie

    folder.mkdir(parents=True, exist_ok=True)
    demo = pages.Demo()
    number = 0
    for who in pages.READERS:
        person, visits = pages.of_person(demo, who)
        context = browser.new_context(viewport=WIDE)
        if person is not None:
            sign_in_by_cookie(context, user=person, address=address)
        for visit in visits:
            number += 1
            name = visit.name if who in ("leader", "nobody") else f"{who}-{visit.name}"
            if only not in name:
                continue
            page = context.new_page()
            visit.open(page, address)
            for size in (WIDE, PHONE):
                page.set_viewport_size(size)
                for scheme in SCHEMES:
                    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                    file = folder / f"{number:02}-{name}-{size['width']}-{scheme}.png"
                    page.screenshot(path=file, full_page=True, animations="disabled")
            page.close()
            print(f"{number:02} {name}")
        context.close()
    return 0


def readme_pictures(browser: Browser, address: str, folder: Path) -> int:
    from tests.browser import pages
    from tests.browser.chromium import WIDE, sign_in_by_cookie

    folder.mkdir(parents=True, exist_ok=True)
    demo = pages.Demo()
    context = browser.new_context(viewport=WIDE, device_scale_factor=2, color_scheme="light")
    sign_in_by_cookie(context, user=demo.leader, address=address)
    page = context.new_page()
    page.goto(address + demo.plan.get_absolute_url())
    card = page.locator("section.card-x").filter(has=page.get_by_role("heading", name="Coverage", exact=True))
    card.screenshot(path=folder / "coverage.png", animations="disabled")
    page.goto(address + demo.craft.get_absolute_url())
    page.locator(".grid-2").first.screenshot(path=folder / "kit.png", animations="disabled")
    context.close()
    made = [folder / "coverage.png", folder / "kit.png"]
    packet = first_page_of_a_packet(demo, folder / "packet.png")
    if packet is None:
        print("packet.png: left out, for pdftoppm is not installed (Debian: poppler-utils).")
    else:
        made.append(packet)
    too_large = []
    for file in made:
        _squeeze(file)
        print(f"{file}: {file.stat().st_size // 1024} KB")
        if file.stat().st_size > MOST_BYTES:
            too_large.append(file.name)
    if too_large:
        print(f"Larger than {MOST_BYTES // 1024} KB: {', '.join(too_large)}", file=sys.stderr)
    return 1 if too_large else 0


def first_page_of_a_packet(demo: object, file: Path) -> Path | None:
    """Page one of a debrief packet, as its reader gets it."""
    from django.utils import timezone

    from apps.packets.actions import render_packet
    from apps.packets.models import Packet

    program = shutil.which("pdftoppm")
    if program is None:
        return None
    pdf = render_packet(
        kind=Packet.Kind.DEBRIEF,
        candidacy=demo.candidacy("Tobias Weber"),
        interview=None,
        reader=None,
        by=demo.leader,
        now=timezone.now(),
    )
    stem = file.with_suffix("")
    command = [program, "-png", "-r", "130", "-f", "1", "-l", "1", "-singlefile", "-", str(stem)]
    subprocess.run(command, input=pdf.data, check=True)
    return file


def _squeeze(file: Path) -> None:
    """256 colours are enough for text on paper, at a third of the size."""
    from PIL import Image

    with Image.open(file) as picture:
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(file, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
