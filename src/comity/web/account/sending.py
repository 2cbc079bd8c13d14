"""Mail that leaves after the answer: how long it takes must not tell whether there was one."""

import logging
import threading
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db import connection

_log = logging.getLogger(__name__)


def send_later(mail: EmailMessage) -> None:
    """Send in a thread of its own. A mail that fails is logged without its recipient; people ask again."""
    threading.Thread(target=_send, args=(mail,), name="sign-in-mail", daemon=True).start()


def _send(mail: EmailMessage) -> None:
    try:
        mail.send()
    except (SMTPException, OSError):
        _log.exception("a sign-in mail could not be sent")
    finally:
        connection.close()
