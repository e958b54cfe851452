"""The __page__ of every __item__, as the policy team exports them."""

import json

from app import settings
from harness import files


def load():
    """The pages that the desk answers from."""
    pages = [json.loads(line) for line in files.text("data/documents.jsonl").splitlines()]
    return [page for page in holding(pages) if wanted(page)]


def wanted(page):
    """Whether a page belongs into the index."""
    # [[site: closed]]


def holding(pages):
    """Of all pages those that hold; see "Which page holds" in the README."""
    # [[site: precedence]]


def body(page):
    """The text of a page."""
    # [[site: sections]]
