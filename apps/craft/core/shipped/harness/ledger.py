"""The ledger of runs: what was expected, what came out. Each line carries the checksum of the one before. Frozen."""

import hashlib
import json


def line(before, entry):
    """The next line: the entry with the checksum over it and the line before it."""
    body = json.dumps(entry, sort_keys=True)
    return json.dumps({**entry, "chain": hashlib.sha256((chain(before) + body).encode()).hexdigest()}, sort_keys=True)


def chain(lines):
    return json.loads(lines[-1])["chain"] if lines else ""


def read(text):
    """The entries of a ledger and whether its chain is whole."""
    entries, lines = [], [row for row in text.splitlines() if row.strip()]
    for place, row in enumerate(lines):
        try:
            entry = json.loads(row)
            entry.pop("chain")
            if line(lines[:place], entry) != row:
                return entries, False
        except (ValueError, KeyError, TypeError, AttributeError):
            return entries, False
        entries.append(entry)
    return entries, True
