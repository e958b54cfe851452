"""A planning problem as a JSON document, and its answer: the format of docs/planning.md."""

from .answer import answer
from .question import MOST_CHARACTERS, DocumentRefused, read_problem, write_problem

__all__ = ["MOST_CHARACTERS", "DocumentRefused", "answer", "read_problem", "write_problem"]
