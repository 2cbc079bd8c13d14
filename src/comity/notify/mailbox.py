"""A mail transport that keeps mails instead of sending them: for the demo's mailbox page."""

from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from comity.common.transactions import write
from comity.notify.models import MailboxItem

_MAX_SUBJECT = 200


class MailboxBackend(BaseEmailBackend):
    """Stores each mail as a ``MailboxItem``; a mail with a known Message-ID is the same mail sent again."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the mails; how many."""
        for mail in email_messages:
            self._keep(mail)
        return len(email_messages)

    def _keep(self, mail: EmailMessage) -> None:
        written = mail.message()  # also refuses line breaks in headers, as a real transport does
        with write():
            MailboxItem.objects.get_or_create(
                message_id=str(written["Message-ID"]),
                defaults={
                    "recipient": ", ".join(mail.recipients()),
                    "subject": str(mail.subject)[:_MAX_SUBJECT],
                    "text": str(mail.body),
                    "sent_at": parsedate_to_datetime(str(written["Date"])).replace(tzinfo=UTC),  # "-0000" is UTC
                },
            )
