"""The model's words, as the customer gets them."""

import re


def value(said):
    """The value out of what the model said, without the words around it."""
    text = said.strip().strip("\"'")
    # [[site: tidy]]
