"""The settings of config.ini."""

import configparser

from harness import files

_parser = configparser.ConfigParser()
_parser.read_string(files.text("config.ini"))
_values = {section: dict(_parser[section]) for section in _parser.sections()}


def number(section, name):
    return float(_values[section][name])


def whole(section, name):
    return int(_values[section][name])


def text(section, name):
    return _values[section][name]
