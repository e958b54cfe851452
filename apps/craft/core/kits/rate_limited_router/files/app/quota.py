"""The quota of one model on our side: when the next call fits in, so that the provider need not refuse it."""

from app import settings


class Quota:
    """Requests and tokens per minute, of which we use the share that config.ini says."""

    # [[site: quota]]
