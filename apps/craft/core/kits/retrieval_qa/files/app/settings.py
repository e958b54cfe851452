"""The settings of config.ini."""

import configparser
from functools import lru_cache

from harness import files

_parser = configparser.ConfigParser()
_parser.read_string(files.text("config.ini"))


@lru_cache(maxsize=None)
def number(section, name):
    return _parser.getfloat(section, name)


@lru_cache(maxsize=None)
def whole(section, name):
    return _parser.getint(section, name)


@lru_cache(maxsize=None)
def text(section, name):
    return _parser.get(section, name)
