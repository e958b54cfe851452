"""Rows to the values packets are chosen from."""

from apps.packets.translate.source import to_source

__all__ = ["to_source"]
