from typing import Any

import pytest

from apps.accounts.models import User
from apps.craft.models import Assignment
from tests.craft.product.house import ready


@pytest.fixture
def assignment(loop: Any, ada: User) -> Assignment:
    """A kit that Ada assigned for Ben's interview, ready for the candidate."""
    return ready(loop.of_ben, ada)
