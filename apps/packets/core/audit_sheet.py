"""The report of an audit on paper. It holds no person's data: whoever takes part in hiring may read it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AuditSheet:
    """`page` is the report as the loops' pages show it: texts and numbers only."""

    page: Any
    made_on: dt.date
