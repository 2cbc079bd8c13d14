"""Mail that leaves after the answer: how long it takes must not tell whether there was one."""

import logging
import threading
from smtplib import SMTPException, SMTPRecipientsRefused

from django.core.mail import EmailMessage
from django.db import connection

_log = logging.getLogger(__name__)


def send_later(mail: EmailMessage) -> None:
    """Send in a thread of its own. A mail that fails is logged without its recipient; people ask again."""
    threading.Thread(target=_send, args=(mail,), name="sign-in-mail", daemon=True).start()


def _send(mail: EmailMessage) -> None:
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        # Not the error itself: what a mail server answers names the recipient.
        _log.error("a sign-in mail could not be sent: %s %s", type(error).__name__, _code(error))
    finally:
        connection.close()


def _code(error: Exception) -> object:
    """The mail server's number for what was wrong, else the system's; empty where there is none."""
    if isinstance(error, SMTPRecipientsRefused):
        return next((code for code, _ in error.recipients.values()), "")
    return getattr(error, "smtp_code", None) or getattr(error, "errno", None) or ""
