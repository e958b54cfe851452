"""Keyword search over passages: BM25 (Robertson and Zaragoza, 2009), with an inverted index."""

import json
import math

from app import pages, passages, settings
from harness import files

GLOSSARY = json.loads(files.text("data/glossary.json"))
CORRECTIONS = json.loads(files.text("data/corrections.json"))


class Index:
    def __init__(self):
        self.passages = []  # (page, heading, text)
        self.lengths = []
        self.postings = {}  # word -> {passage: count}
        for page in pages.load():
            for heading, text in passages.cut(page):
                self._add(page, heading, text)
        self.mean_length = sum(self.lengths) / max(1, len(self.lengths))

    def _add(self, page, heading, text):
        number = len(self.passages)
        self.passages.append((page, heading, text))
        found = passages.words(heading + " " + text)
        self.lengths.append(len(found))
        for word in found:
            counts = self.postings.setdefault(word, {})
            counts[number] = counts.get(number, 0) + 1

    def search(self, question, k):
        """The k best passages, best first."""
        k1, b = settings.number("index", "k1"), settings.number("index", "b")
        scores = {}
        for word in passages.words(in_our_words(question)):
            counts = self.postings.get(word, {})
            rarity = math.log(1 + (len(self.passages) - len(counts) + 0.5) / (len(counts) + 0.5))
            for number, count in counts.items():
                long = 1 - b + b * self.lengths[number] / self.mean_length
                scores[number] = scores.get(number, 0.0) + rarity * count * (k1 + 1) / (count + k1 * long)
        ranked = sorted(scores, key=lambda number: (-scores[number], number))
        return [self.passages[number] for number in spread(ranked, self.passages)[:k]]


def spread(ranked, found):
    """Long pages would fill the whole prompt: each page gives a few of its passages at most."""
    # [[site: spread]]


def names_of_things():
    """What customers say, with what we call it."""
    # [[site: corrections]]


def in_our_words(question):
    """Customers have their own words for things; the glossary says which of ours they mean."""
    # [[site: glossary]]
