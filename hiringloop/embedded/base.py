"""Django's PostgreSQL backend on the embedded server: nothing starts before the first connection."""

from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base

from hiringloop.embedded import server


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, but host and port are those of the embedded server."""

    def get_connection_params(self) -> dict[str, Any]:
        folder = settings.VAR_DIR / "postgres"
        params = super().get_connection_params()
        params.update(server.connection_target(folder))
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            name = self.settings_dict["NAME"]
            if f'database "{name}" does not exist' not in str(error) or name.startswith("test_"):
                raise
        server.ensure_database(settings.VAR_DIR / "postgres", name)
        return super().get_new_connection(conn_params)
