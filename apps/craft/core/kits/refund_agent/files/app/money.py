"""Sums: as they are written, in cents, and as they can be paid out."""

STEP = 5  # cents


def cents(text):
    """A sum as it is written in the shop's data, a policy or a tool's argument, in cents."""
    whole, _, rest = str(text).strip().partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])


def payable(amount):
    """What is paid out of a sum in cents."""
    # [[site: five_cents]]
