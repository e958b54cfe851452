"""A wrong setting is named in one sentence that never repeats a secret."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from hiringloop import env

SECRET = "hunter2/hunter2"
READERS: dict[str, tuple[Callable[[str], Any], list[str]]] = {
    "DEBUG": (lambda name: env.flag(name, default=False), ["perhaps", "2"]),
    "HTTPS_ONLY": (lambda name: env.flag(name, default=False), ["perhaps"]),
    "BEHIND_PROXY": (lambda name: env.flag(name, default=False), ["maybe"]),
    "SECRET_KEY": (lambda name: env.secret_key(name, fallback=None), [SECRET, "x" * 80]),
    "ALLOWED_HOSTS": (lambda name: env.host_list(name, []), ["https://a.example", "a.example,,b", "a b"]),
    "CSRF_TRUSTED_ORIGINS": (env.origin_list, ["a.example", "https://", "http://[a", "ftp://a"]),
    "SITE_URL": (lambda name: env.address(name, "http://a"), ["a.example", "ftp://a", "http://[a", "https://a/?b", "https://"]),
    "TIME_ZONE": (lambda name: env.time_zone(name, "UTC"), ["Mars/Olympus", "../etc/passwd"]),
    "DATABASE_URL": (
        env.database,
        [
            f"mysql://u:{SECRET}@h/d", f"postgresql://u:{SECRET}@h/d", f"postgresql://u:{SECRET}@h:port/d",
            f"postgresql://u:{SECRET}@h", f"{SECRET}", "postgresql://u:hunter2@[h/d", f"sqlite:///{SECRET}",
        ],
    ),
    "EMAIL_URL": (
        lambda name: env.email(name, "console://"),
        [f"pigeon://u:{SECRET}@h", f"smtp://u:{SECRET}@h:port", SECRET, "smtp://u:hunter2@[h"],
    ),
    "CELERY_BROKER_URL": (
        lambda name: env.broker(name, "filesystem://"),
        [f"sqs://u:{SECRET}@h", SECRET, "redis://u:hunter2@[h"],
    ),
    "JOB_STALE_SECONDS": (lambda name: env.whole_number(name, 20, least=1, most=3600), ["0", "3601", "1e3", "soon"]),
    "JOB_SWEEP_SECONDS": (lambda name: env.whole_number(name, 5, least=1, most=3600), ["-1", "5.5"]),
    "LOG_FORMAT": (lambda name: env.choice(name, "json", among=("json", "text")), ["xml"]),
    "LOG_LEVEL": (lambda name: env.choice(name, "INFO", among=("DEBUG", "INFO")), ["LOUD", "info"]),
}  # fmt: skip
ANY_TEXT_WILL_DO = {"EMAIL_FROM"}
TRIED_BY_STARTING = {"VAR_DIR"}


def test_every_variable_the_settings_read_is_tried() -> None:
    text = Path(django_settings.BASE_DIR, "hiringloop", "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text))
    assert names == set(READERS) | ANY_TEXT_WILL_DO | TRIED_BY_STARTING


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, (_, values) in READERS.items() for value in values]
)
def test_a_wrong_setting_is_named_and_its_secret_is_not(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as caught:
        READERS[name][0](name)
    assert str(caught.value).startswith(name)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_setting_counts_as_unset(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    if name == "SECRET_KEY":
        assert env.secret_key(name, fallback=lambda: "of this machine") == "of this machine"
    else:
        READERS[name][0](name)


def test_without_https_a_key_is_made_and_with_it_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is missing: with HTTPS_ONLY on"):
        env.secret_key("SECRET_KEY", fallback=None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("VAR_DIR", "/dev/null/inside"), ("DATABASE_URL", f"postgresql://u:{SECRET}@h:port/d")],
)
def test_a_start_with_a_wrong_setting_ends_with_one_sentence_about_it(name: str, value: str, tmp_path: Path) -> None:
    environment = {**os.environ, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hiringloop.settings", name: value}
    code = "import django; django.setup()"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=django_settings.BASE_DIR, env=environment, capture_output=True, check=False
    )
    said = ended.stderr.decode()
    assert ended.returncode != 0
    assert f"ImproperlyConfigured: {name}" in said
    assert "hunter2" not in said
