"""Strict readers for the environment: a wrong value stops the start with a sentence that names it.

Values that may hold a password (URLs, keys) are never repeated in the message.
"""

import os
import zoneinfo
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import dj_email_url
import environs
from django.core.exceptions import ImproperlyConfigured

_environment = environs.Env()

BROKER_SCHEMES = ("filesystem", "redis", "rediss", "amqp", "amqps")


def _read(name: str, reader: Callable[[str], Any], expected: str) -> Any:
    try:
        return reader(name)
    except Exception:  # noqa: BLE001  # every parser has errors of its own
        # Not "from error": the parsers' own messages repeat parts of the value, and a start prints the whole chain.
        raise ImproperlyConfigured(f"{name} has a value that cannot be used: expected {expected}.") from None


def is_set(name: str) -> bool:
    return bool(os.environ.get(name, "").strip())


def text(name: str, default: str) -> str:
    return os.environ[name] if is_set(name) else default


def flag(name: str, *, default: bool) -> bool:
    if not is_set(name):
        return default
    return _read(name, _environment.bool, "yes or no (also 1/0, true/false, on/off)")


def whole_number(name: str, default: int, *, least: int, most: int) -> int:
    if not is_set(name):
        return default
    expected = f"a whole number from {least} to {most}"
    number = _read(name, _environment.int, expected)
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name} has a value that cannot be used: expected {expected}.")
    return number


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in among:
        raise ImproperlyConfigured(f"{name} has a value that cannot be used: expected one of {', '.join(among)}.")
    return value


def host_list(name: str, default: list[str]) -> list[str]:
    if not is_set(name):
        return default
    hosts = [host.strip() for host in os.environ[name].split(",")]
    if not all(hosts) or any("/" in host or " " in host for host in hosts):
        raise ImproperlyConfigured(
            f"{name} has a value that cannot be used: expected host names separated by commas, "
            "without https:// and without a path."
        )
    return hosts


def origin_list(name: str) -> list[str]:
    if not is_set(name):
        return []
    origins = [origin.strip() for origin in os.environ[name].split(",")]
    expected = "origins such as https://hiring.example.com, separated by commas"
    parts = _read(name, lambda _: [urlsplit(origin) for origin in origins], expected)
    if any(part.scheme not in ("http", "https") or not part.netloc for part in parts):
        raise ImproperlyConfigured(f"{name} has a value that cannot be used: expected {expected}.")
    return origins


def address(name: str, default: str) -> str:
    """Where people reach the site, without a slash at the end: mail puts a path behind it."""
    value = text(name, default).strip().rstrip("/")
    expected = "an address such as https://hiring.example.com"
    parts = _read(name, lambda _: urlsplit(value), expected)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment or " " in value:
        raise ImproperlyConfigured(f"{name} has a value that cannot be used: expected {expected}.")
    return value


def time_zone(name: str, default: str) -> str:
    value = text(name, default)
    if value not in zoneinfo.available_timezones():
        raise ImproperlyConfigured(
            f"{name} is {value!r}, which is no time zone: expected a name such as Europe/Berlin or UTC."
        )
    return value


def database(name: str) -> dict[str, Any] | None:
    """The configuration for another PostgreSQL, or None where the embedded server is meant."""
    if not is_set(name):
        return None
    expected = "postgresql://user:password@host:port/database"
    config: dict[str, Any] = _read(name, _environment.dj_db_url, expected)
    if config.get("ENGINE") != "django.db.backends.postgresql" or not config.get("NAME"):
        raise ImproperlyConfigured(f"{name} has a value that cannot be used: expected {expected}.")
    return config


def email(name: str, default: str) -> dict[str, Any]:
    expected = "submission://user:password@host:587, smtps://user:password@host:465, smtp://host:25, or console://"
    config: dict[str, Any] = _read(name, lambda key: dj_email_url.parse(text(key, default)), expected)
    if not config.get("EMAIL_BACKEND"):
        raise ImproperlyConfigured(f"{name} has a value that cannot be used: expected {expected}.")
    return config


def broker(name: str, default: str) -> str:
    value = text(name, default)
    expected = f"a URL that begins with one of {', '.join(scheme + '://' for scheme in BROKER_SCHEMES)}"
    if _read(name, lambda _: urlsplit(value).scheme, expected) not in BROKER_SCHEMES:
        raise ImproperlyConfigured(f"{name} has a value that cannot be used: expected {expected}.")
    return value


def secret_key(name: str, *, fallback: Callable[[], str] | None) -> str:
    if is_set(name):
        value = os.environ[name]
        if len(value) < 50 or len(set(value)) < 5:
            raise ImproperlyConfigured(f"{name} is too short or too plain: expected at least 50 random characters.")
        return value
    if fallback is None:
        raise ImproperlyConfigured(f"{name} is missing: with HTTPS_ONLY on, set it to at least 50 random characters.")
    return fallback()
