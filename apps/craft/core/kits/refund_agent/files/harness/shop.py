"""The way to the shop. Frozen."""

from harness import client


def call(run, tool, body):
    """Call a tool of the shop in one run of a ticket: its answer as data. Raises client.ModelError, with the status."""
    return client.post(f"/tools/{run}/{tool}", body)
