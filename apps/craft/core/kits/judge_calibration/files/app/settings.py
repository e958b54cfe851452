"""The settings of config.ini."""

import configparser

from harness import files

_parser = configparser.ConfigParser()
_parser.read_string(files.text("config.ini"))


def number(section, name):
    return _parser.getfloat(section, name)


def whole(section, name):
    return _parser.getint(section, name)


def text(section, name):
    return _parser.get(section, name)
