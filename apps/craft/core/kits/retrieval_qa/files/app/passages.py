"""Cuts pages into passages, the unit that is searched and shown to the model."""

import re

from app import pages, settings


def cut(page):
    """The passages of a page, in order, as (heading, text)."""
    text = pages.body(page)
    parts = split(text, settings.whole("index", "size"))
    return [(heading(page, place), part) for place, part in enumerate(parts)]


def split(text, size):
    """The parts of a text."""
    # [[site: chunking]]


def heading(page, place):
    """What stands above a passage in the prompt, and is searched with it."""
    # [[site: heading]]


def words(text):
    """The words of a text, for searching."""
    # [[site: tokens]]
