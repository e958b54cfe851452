"""Rows to the values packets are chosen from."""

from apps.packets.translate.held import to_held
from apps.packets.translate.loop import to_loop_sheet
from apps.packets.translate.source import to_source

__all__ = ["to_held", "to_loop_sheet", "to_source"]
