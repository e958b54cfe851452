"""What happens around every request: an id and a log line for it, and the reader's time zone."""

import contextvars
import logging
import time
import uuid
import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

logger = logging.getLogger("hiringloop.request")
_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestIdFilter(logging.Filter):
    """Puts the id of the current request on every log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        return True


class RequestLogMiddleware:
    """One structured line a request; the path without its query, which may hold a person's name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _request_id.set(uuid.uuid4().hex[:12])
        begin = time.perf_counter()
        try:
            response = self.get_response(request)
            milliseconds = round((time.perf_counter() - begin) * 1000, 1)
            logger.info(
                "request",
                extra={
                    "method": request.method,
                    "path": _without_secret(request.path),
                    "status": response.status_code,
                    "milliseconds": milliseconds,
                },
            )
            response["X-Request-ID"] = _request_id.get()
            return response
        finally:
            _request_id.reset(token)


def _without_secret(path: str) -> str:
    """Whoever reads the log is not to open a candidate's private link with it."""
    return "/p/…/" if path.startswith("/p/") else path


class TimeZoneMiddleware:
    """Times are shown in the zone of the person who reads them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "user", None)
        zone = _zone(user.time_zone) if user is not None and user.is_authenticated else None
        if zone is None:
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)


def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    """None where there is no such zone. Asks for the one name: listing all of them takes 13 ms a request."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
