"""Hands queued notifications to the mail server.

    queued -> sending -> sent | queued (tried again later) | failed (refused for good, or tried often enough)

The attempt and its lease are committed before the server is spoken to, the outcome after. A process killed in
between leaves a lease that runs out; the mail goes out again with the same Message-ID.
"""

import random
import smtplib
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q, QuerySet

from comity.common.buggify import crash_point
from comity.common.leasing import lease
from comity.common.retries import Retries
from comity.common.transactions import write
from comity.notify.models import Notification
from comity.notify.services.mails import compose

State = Notification.State
_BATCH = 20
LEASE = timedelta(minutes=10)  # longer than a batch of time-outs of 20 s
# About a day and a half: after that, what waits has been found without us.
RETRIES = Retries(attempts=12, first=timedelta(seconds=30), growth=3, longest=timedelta(hours=6))
_PERMANENT = 500  # SMTP reply codes from here on will not change by trying again (RFC 5321 §4.2.1)


def send_due(now: datetime, *, chance: random.Random | None = None) -> int:
    """Send up to 20 notifications that are due, on one connection; how many were tried.

    Never raises for what the mail server does: that is in the rows. ``chance`` spreads the retries.
    """
    leased = _lease(now)
    if not leased:
        return 0
    chance = chance or random.Random()  # noqa: S311 - spreads load, keeps no secret
    transport: BaseEmailBackend = get_connection()
    refused_all = _open(transport)
    for notification in leased:
        error = refused_all or _send(transport, notification)
        crash_point("mail_sent_before_mark")
        _settle(notification, error, chance, now)
    _close(transport)
    return len(leased)


def _due(now: datetime) -> QuerySet[Notification]:
    waiting = Q(state=State.QUEUED, run_after__lte=now)
    abandoned = Q(state=State.SENDING, leased_until__lt=now)
    return Notification.objects.filter(waiting | abandoned).select_related("user").order_by("id")


def _lease(now: datetime) -> list[Notification]:
    def take(notification: Notification) -> list[str]:
        notification.state, notification.attempts = State.SENDING, notification.attempts + 1
        return ["state", "attempts"]

    return lease(lambda: _due(now), most=_BATCH, until=now + LEASE, take=take)


def _open(transport: BaseEmailBackend) -> Exception | None:
    try:
        transport.open()
    except (OSError, smtplib.SMTPException) as error:
        return error
    return None


def _send(transport: BaseEmailBackend, notification: Notification) -> Exception | None:
    try:
        transport.send_messages([compose(notification)])
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return error
    return None


def _settle(notification: Notification, error: Exception | None, chance: random.Random, now: datetime) -> None:
    if error is None:
        outcome: dict[str, object] = {"state": State.SENT, "sent_at": now, "last_error": ""}
    elif _is_final(error) or notification.attempts >= RETRIES.attempts:
        outcome = {"state": State.FAILED, "last_error": _describe(error)}
    else:
        later = now + RETRIES.wait(notification.attempts, chance)
        outcome = {"state": State.QUEUED, "run_after": later, "last_error": _describe(error)}
    with write():
        ours = Notification.objects.filter(pk=notification.pk, state=State.SENDING, attempts=notification.attempts)
        ours.update(leased_until=None, **outcome)


def _is_final(error: Exception) -> bool:
    """Whether this address or this mail will be refused again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= _PERMANENT for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= _PERMANENT
    return isinstance(error, ValueError)  # an address that no mail can be written to


def _describe(error: Exception) -> str:
    """Class and code of an error, without its text: that may quote an address."""
    codes = (
        {code for code, _ in error.recipients.values()} if isinstance(error, smtplib.SMTPRecipientsRefused) else set()
    )
    if isinstance(error, smtplib.SMTPResponseException):
        codes = {error.smtp_code}
    return " ".join([type(error).__name__, *map(str, sorted(codes))])


def _close(transport: BaseEmailBackend) -> None:
    try:
        transport.close()
    except (OSError, smtplib.SMTPException):
        return  # the mails' outcomes are stored; a server that hangs up early takes nothing back
