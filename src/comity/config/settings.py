"""Django settings, from the environment. What an operator chooses is a row or a rulebook, not a setting."""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from comity.config import environment

_PACKAGE = Path(__file__).resolve().parent.parent

DATA_FOLDER = environment.data_folder()
_secrets = environment.read_secrets(DATA_FOLDER)
SECRET_KEY = _secrets.secret_key
DATA_KEYS = _secrets.data_keys
LOOKUP_KEY = _secrets.lookup_key

BASE_URL = os.environ.get("COMITY_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
_secure = BASE_URL.startswith("https://")
FILES_URL = environment.files_url()
LIVE_URL = environment.live_url()
DEBUG = False
ALLOWED_HOSTS = [
    *os.environ.get("COMITY_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(","),
    urlsplit(BASE_URL).hostname or "localhost",
    *([urlsplit(FILES_URL).hostname] if FILES_URL else []),
]
ROOT_URLCONF = "comity.config.urls"
WSGI_APPLICATION = "comity.config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "comity.common",
    "comity.files",
    "comity.accounts",
    "comity.screening",
    "comity.catalog",
    "comity.ledger",
    "comity.orders",
    "comity.messaging",
    "comity.notify",
    "comity.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "comity.web.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "comity.web.account.session.HandedOver",
    "comity.web.account.gate.Whose",
    "comity.web.middleware.ReadersTime",
    "comity.web.middleware.FriendlyAnswers",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "comity.web.context.page",
            ],
            "builtins": [f"comity.web.templatetags.{name}" for name in ("comity", "fields", "keyboard")],
        },
    }
]

DATABASES = {"default": environment.database(DATA_FOLDER)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FILES_FOLDER = DATA_FOLDER / "files"
FILES_LINK_SECONDS = 300  # how long the address of one file works (reliability §4, threat 15: at most 5 minutes)
SCANNER = environment.scanner()
PAYMENTS = environment.payments()
STRIPE = environment.stripe_account()
SECOND_READER = environment.flag("COMITY_SECOND_READER")  # takes an extra, 30 MB and milliseconds a message

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["comity.accounts.backends.EmailBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"

SIGN_IN_LINK_MINUTES = 15  # ASVS 5.0 6.6.3 asks for short-lived links; long enough for slow mail
TYPED_KEPT_MINUTES = 30  # what was typed into a form of a session that was over: time to sign in by a mailed link
HAND_OVER_MINUTES = 5  # longest life of a shop's token: enough for a redirect, too short to be passed around
# Tries per window, kept in the database so that all processes count together (SEC10).
SIGN_IN_TRIES = {
    "address": (10, timedelta(minutes=15)),  # wrong passwords for one address
    "network": (100, timedelta(minutes=15)),  # wrong passwords, and links asked for, from one network
    "invitation": (50, timedelta(hours=1)),  # mails that one shop or marketplace asks for
    "invited": (3, timedelta(hours=1)),  # invitations to one address
    "link": (3, timedelta(hours=1)),  # mails to one address (reliability §4, threat 3)
}
SIGN_IN_FAILURES_WITHIN = timedelta(hours=1)
SIGN_IN_FAILURES_TOLD = (1, 10)  # at these counts of wrong passwords within that time the audit trail tells of them

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # read from the package at the start; nothing to collect
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Kept mails hold sign-in links, so only a process that `comity demo` has started shows them on a page.
MAILBOX = environment.mail()["EMAIL_BACKEND"].endswith("MailboxBackend")
DEMO = MAILBOX and environment.flag("COMITY_DEMO")
globals().update(environment.mail())
DEFAULT_FROM_EMAIL = os.environ.get("COMITY_MAIL_FROM", "Comity <no-reply@localhost>")

SESSION_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SECURE = _secure
CSRF_TRUSTED_ORIGINS = [BASE_URL]  # what a browser says behind a proxy that ends TLS
CSRF_FAILURE_VIEW = "comity.web.errors.csrf_failure"
SECURE_SSL_REDIRECT = _secure
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by machines inside
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _secure
SECURE_HSTS_PRELOAD = _secure
BEHIND_PROXY = environment.flag("COMITY_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = ["comity.web.uploads.BoundedUpload"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Django names paths here, and some paths are secrets; comity.web.errors logs failures by route instead.
    "loggers": {"django.request": {"level": "CRITICAL"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("COMITY_LOG_LEVEL", "WARNING")},
}
