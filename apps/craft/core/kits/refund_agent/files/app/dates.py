"""Dates as the shop writes them."""

import json
from datetime import date

from harness import files


def day(text):
    """The day that a text stands for; some suppliers turn day and month round."""
    first, second, year = map(int, text.split("/"))
    # [[site: date_order]]
    return date(year, second, first) if first > 12 else date(year, first, second)


TODAY = day(json.loads(files.text("data/shop.json"))["today"])


def days_since(text):
    """Days from a date until today."""
    return (TODAY - day(text)).days
