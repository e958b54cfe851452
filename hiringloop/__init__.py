"""The project: settings, urls, the servers' entry points. Imports everyone, nobody imports it."""

from hiringloop.celery import app as celery_app

__all__ = ["celery_app"]
