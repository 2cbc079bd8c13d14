"""The words of our mails: that something waits and where to read it, never what was written or by whom."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from comity.notify.models import Notification

_SUBJECTS = {
    Notification.Kind.MESSAGE_WAITING: "A message is waiting for you on {marketplace}",
    Notification.Kind.RULING_MADE: "Your message on {marketplace} has been reviewed",
    Notification.Kind.RULING_OVERDUE: "A held message on {marketplace} needs a ruling now",
    Notification.Kind.REPORT_DECIDED: "Your report on {marketplace} has been decided",
    Notification.Kind.HANDLING_TIME_CHANGED: "{marketplace} changed the handling time of a listing of yours",
    Notification.Kind.ASSIGNED: "A conversation on {marketplace} is now yours",
    Notification.Kind.MENTIONED: "A colleague named you in a note on {marketplace}",
    Notification.Kind.ORDER_NEWS: "There is news about an order on {marketplace}",
    Notification.Kind.REPORT_READY: "A report of your shop on {marketplace} is finished",
    Notification.Kind.HELP_ASKED: "A seller asks for help on {marketplace}",
    Notification.Kind.HELP_ANSWERED: "{marketplace} has answered your question",
}
_TEXTS = {
    Notification.Kind.MESSAGE_WAITING: "A message is waiting for you on {marketplace}. Read it and answer here:",
    Notification.Kind.RULING_MADE: "A moderator of {marketplace} has decided on your message. Read the decision here:",
    Notification.Kind.RULING_OVERDUE: "A held message on {marketplace} waits for a ruling; its time is nearly or quite "
    "over. Read it here:",
    Notification.Kind.REPORT_DECIDED: "You reported a message on {marketplace}. Read here what was decided, and why:",
    Notification.Kind.HANDLING_TIME_CHANGED: "{marketplace} changed the handling time of a listing of your shop. "
    "Orders you have keep their dates. Read the reason here:",
    Notification.Kind.ASSIGNED: "A colleague gave you a conversation on {marketplace}. Read it here:",
    Notification.Kind.MENTIONED: "A colleague named you in a private note on {marketplace}. Read it here:",
    Notification.Kind.ORDER_NEWS: "There is news about an order on {marketplace}. Read it here:",
    Notification.Kind.REPORT_READY: "A report of your shop on {marketplace} is finished. Fetch it here, or "
    "ask again where it could not be made:",
    Notification.Kind.HELP_ASKED: "A seller asks {marketplace} for help with a conversation. Read it and answer here:",
    Notification.Kind.HELP_ANSWERED: "{marketplace} has answered what your shop asked about a conversation. "
    "Read the answer here:",
}
_END = "For your safety this mail does not show the message. Mails sent to this address are not read."


def compose(notification: Notification) -> EmailMessage:
    """The mail of a notification; each time the same, with the same Message-ID, so that a doubled one shows."""
    marketplace = " ".join(notification.marketplace.split())  # a header holds one line
    text = _TEXTS[Notification.Kind(notification.kind)].format(marketplace=marketplace)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=_SUBJECTS[Notification.Kind(notification.kind)].format(marketplace=marketplace),
        body=f"{text}\n\n{settings.BASE_URL}{notification.path}\n\n{_END}\n",
        to=[notification.user.email],
        headers={
            "Message-ID": f"<{notification.public_id}@{domain}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: asks vacation programs not to answer
        },
    )
