"""Retrieval QA: a help desk that answers from policy pages, about half of the time."""

from apps.craft.core.kit import Kit
from apps.craft.core.kits.retrieval_qa.world import habits, world

KIT = Kit(package=__name__, make_world=world, habits=habits)
