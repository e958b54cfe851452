"""The demo's people have a published password: it is not made where others reach the machine."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User


@pytest.mark.parametrize("command", ["seed_demo", "demo"])
def test_the_demo_is_refused_where_https_only_is_on(command: str, db: None, settings: Any) -> None:
    settings.HTTPS_ONLY = True
    with pytest.raises(CommandError, match="HTTPS_ONLY"):
        call_command(command)
    assert not User.objects.exists()
