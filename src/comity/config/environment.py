"""What the environment says, typed; nonsense is refused at start with the variable's name."""

import base64
import ipaddress
import json
import os
import secrets
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from comity.integrations.scanners import scanner_at

_KEY_BYTES = 32
PATIENCE = 20  # seconds for which one process waits until another has written to the embedded database

only_looks = False  # set by commands that must not make a data folder; their new keys are forgotten with them


class BadEnvironmentError(ValueError):
    """A variable has a value, or the data folder a content, that cannot be used."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys of this installation: from the environment, else from ``secrets.json`` in the data folder."""

    secret_key: str
    data_keys: dict[str, bytes]
    lookup_key: bytes


def data_folder() -> Path:
    """Where the embedded database, the files and the secrets lie: ``COMITY_DATA``, else ``./comity-data``."""
    return Path(os.environ.get("COMITY_DATA", "comity-data")).resolve()


def flag(name: str, *, default: bool = False) -> bool:
    """A yes/no variable. Raises when it is neither."""
    value = os.environ.get(name, "").strip().lower()
    if value in ("", "1", "yes", "true", "0", "no", "false"):
        return default if not value else value in ("1", "yes", "true")
    raise BadEnvironmentError(f"{name}={value}: say yes or no.")


def embedded_database(folder: Path) -> Path | None:
    """The file of the embedded database, there or not; None where another database is used."""
    described = database(folder)
    return Path(described["NAME"]) if described["ENGINE"].endswith("sqlite3") else None


def has_keys(folder: Path) -> bool:
    """Whether this installation has keys, in the environment or in ``folder``."""
    return bool(os.environ.get("COMITY_SECRETS")) or (folder / "secrets.json").exists()


def read_secrets(folder: Path) -> Secrets:
    """The keys; where there are none it makes them and, unless ``only_looks``, a file readable by its owner only.

    Raises ``BadEnvironmentError`` when the embedded database is there without its keys: new ones could not read it.
    """
    path = folder / "secrets.json"
    if not has_keys(folder) and (file := embedded_database(folder)) and file.exists():
        raise BadEnvironmentError(f"the keys of {file} are missing: put {path} back, or set COMITY_SECRETS.")
    if os.environ.get("COMITY_SECRETS"):
        stored = json.loads(os.environ["COMITY_SECRETS"])
    elif path.exists():
        stored = json.loads(path.read_text())
    else:
        stored = _make_secrets()
        if not only_looks:
            _keep_secrets(path, stored)
    return Secrets(
        secret_key=stored["secret_key"],
        data_keys={name: base64.b64decode(key) for name, key in stored["data_keys"].items()},
        lookup_key=base64.b64decode(stored["lookup_key"]),
    )


def _make_secrets() -> dict[str, Any]:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()

    return {"secret_key": secrets.token_urlsafe(48), "data_keys": {"k1": key()}, "lookup_key": key()}


def _keep_secrets(path: Path, stored: dict[str, Any]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # the database beside it holds what people wrote
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(stored, file)


def database(folder: Path) -> dict[str, Any]:
    """Django's description of ``COMITY_DATABASE_URL`` (``postgresql://…`` or ``sqlite:///path``)."""
    url = os.environ.get("COMITY_DATABASE_URL", "")
    if not url:
        return _sqlite(folder / "comity.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme in ("postgresql", "postgres"):
        return _postgresql(url)
    raise BadEnvironmentError(f"COMITY_DATABASE_URL starts with “{parts.scheme}”: use postgresql:// or sqlite:///.")


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,  # as many connections as threads; opening the file costs more than a question
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": PATIENCE,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.get("port") or ""),
        "OPTIONS": {"pool": {"min_size": 0, "max_size": 16, "timeout": 10}},
        "CONN_HEALTH_CHECKS": True,
    }


def is_loopback(host: str | None) -> bool:
    """Whether ``host``, a name or an address, can be reached from this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def mail() -> dict[str, Any]:
    """Django's mail settings from ``COMITY_SMTP_URL``: ``smtp://``, ``smtps://``, or ``mailbox:`` to keep mails.

    Without it mails are kept, too; ``config.server.require_mail`` says where that will not do.
    """
    url = os.environ.get("COMITY_SMTP_URL") or "mailbox:"
    parts = urlsplit(url)
    if parts.scheme == "mailbox":
        return {"EMAIL_BACKEND": "comity.notify.mailbox.MailboxBackend"}
    if parts.scheme not in ("smtp", "smtps"):
        raise BadEnvironmentError(f"COMITY_SMTP_URL starts with “{parts.scheme}”: use smtp://, smtps:// or mailbox:.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": dict(parse_qsl(parts.query)).get("starttls") == "yes",
        "EMAIL_TIMEOUT": 20,
    }


def live_url() -> str:
    """Where a proxy hands pages on to ``comity live``, of ``COMITY_LIVE_URL``; empty: pages only ask now and then."""
    url = os.environ.get("COMITY_LIVE_URL", "")
    if url and (not url.startswith("/") or url.startswith("//") or "?" in url):
        raise BadEnvironmentError(f"COMITY_LIVE_URL={url}: say a path on the pages' own address, such as /live/stream.")
    return url


def scanner() -> str:
    """The virus scanner of ``COMITY_SCANNER``: ``none``, ``clamd://host:3310`` or ``clamd:///path/to/socket``."""
    url = os.environ.get("COMITY_SCANNER", "") or "none"
    try:
        scanner_at(url)
    except ValueError as error:
        raise BadEnvironmentError(f"COMITY_SCANNER={error}") from None
    return url


def payments() -> str:
    """Who moves the money, of ``COMITY_PAYMENTS``: ``book`` writes it down and asks nobody; ``stripe``."""
    name = os.environ.get("COMITY_PAYMENTS", "") or "book"
    if name not in ("book", "stripe"):
        raise BadEnvironmentError(f"COMITY_PAYMENTS={name}: use book or stripe.")
    if name == "stripe" and not find_spec("stripe"):
        raise BadEnvironmentError("COMITY_PAYMENTS=stripe needs the library: pip install 'comity[stripe]'.")
    return name


def stripe_account() -> dict[str, str]:
    """Key, secret of the webhooks and address of Stripe; all empty unless ``COMITY_PAYMENTS`` is ``stripe``."""
    names = {"key": "COMITY_STRIPE_KEY", "webhook_secret": "COMITY_STRIPE_WEBHOOK_SECRET", "url": "COMITY_STRIPE_URL"}
    account = {name: os.environ.get(variable, "").strip() for name, variable in names.items()}
    if payments() != "stripe":
        return dict.fromkeys(names, "")
    if missing := [names[name] for name in ("key", "webhook_secret") if not account[name]]:
        raise BadEnvironmentError(f"COMITY_PAYMENTS=stripe needs {' and '.join(missing)}, from your Stripe account.")
    return account


def files_url() -> str:
    """Another origin to hand files out from, of ``COMITY_FILES_URL``; empty: the pages' own."""
    url = os.environ.get("COMITY_FILES_URL", "").rstrip("/")
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path):
        raise BadEnvironmentError(f"COMITY_FILES_URL={url}: say https:// and a host name, nothing after it.")
    return url
