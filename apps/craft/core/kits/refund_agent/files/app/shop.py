"""Calls of the shop's tools, and what their answers mean."""

from app import settings
from harness import client, shop


class Refused(Exception):
    """The shop did not do it. `again`: it may be asked once more, for nobody knows whether it was done."""

    def __init__(self, message, *, again=False):
        super().__init__(message)
        self.again = again


def looked_up(run, tool, **given):
    """The answer of a look-up, which can be repeated at will."""
    for left in range(settings.whole("shop", "read_retries"), -1, -1):
        try:
            return shop.call(run.number, tool, given)
        except client.ModelError as fault:
            if fault.status != 503 or not left:
                raise refused(fault) from None
    raise AssertionError


def changed(run, tool, **given):
    """Have the shop change something. It is not repeated here: only the model knows what it wants by now."""
    # [[site: conflict]]


def refused(fault):
    """What the shop's refusal means."""
    if fault.status == 503:
        return Refused("no answer from the shop. Repeat the call as it was.", again=True)
    return Refused(fault.message)
