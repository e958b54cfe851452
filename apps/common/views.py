"""Health of the process, and the page for when something broke."""

import sys

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe


def _is_repeated(name: str) -> bool:
    """Everything but what is secret: the token, and a password under any of its names (password1, old_password)."""
    return name != "csrfmiddlewaretoken" and "password" not in name


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Says nothing about what it depends on."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether this process can do its work: database reached and migrated, broker reached."""
    checks = {"database": _database(), "broker": _broker()}
    ready = all(answer == "ok" for answer in checks.values())
    return JsonResponse({"status": "ok" if ready else "not ready", **checks}, status=200 if ready else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InterfaceError):
        return "cannot be reached"
    return "migrations are waiting" if waiting else "ok"


def _broker() -> str:
    try:
        with current_app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # noqa: BLE001  # every transport has errors of its own
        return "cannot be reached"
    return "ok"


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Nothing typed is lost: what was sent is shown again, ready to be sent once more. Uses no database."""
    error = sys.exc_info()[1]
    database_gone = isinstance(error, OperationalError | InterfaceError)
    typed = [(name, value) for name in request.POST if _is_repeated(name) for value in request.POST.getlist(name)]
    page = render_to_string(
        "500.html",
        {
            "database_gone": database_gone,
            "typed": typed,
            "address": request.get_full_path(),
            "csrf_token": request.META.get("CSRF_COOKIE", ""),
        },
    )
    return HttpResponse(page, status=503 if database_gone else 500)
