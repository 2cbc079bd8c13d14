from datetime import UTC, datetime

import pytest
from django.core.mail import BadHeaderError, EmailMessage, get_connection

from comity.notify.models import MailboxItem

pytestmark = pytest.mark.django_db


def keep(**fields):
    about = {"subject": "Hello", "body": "World", "to": ["nora@example.com"]}
    mail = EmailMessage(**{**about, **fields}, connection=get_connection("comity.notify.mailbox.MailboxBackend"))
    return mail.send()


def test_a_mail_is_kept_with_its_date():
    assert keep(headers={"Message-ID": "<1@x>", "Date": "Mon, 02 Mar 2026 12:00:00 -0000"}) == 1
    item = MailboxItem.objects.get()
    assert (item.message_id, item.recipient, item.subject, item.text) == ("<1@x>", "nora@example.com", "Hello", "World")
    assert item.sent_at == datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_the_same_mail_sent_again_is_one_mail():
    keep(headers={"Message-ID": "<1@x>"})
    keep(headers={"Message-ID": "<1@x>"})
    keep()
    assert MailboxItem.objects.count() == 2


def test_the_address_lies_encrypted():
    from django.db import connection

    keep()
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient FROM notify_mailboxitem")
        assert "nora" not in cursor.fetchone()[0]


def test_a_line_break_in_a_header_is_refused_and_nothing_is_kept():
    with pytest.raises(BadHeaderError):
        keep(subject="Hello\nBcc: everybody@example.com")
    assert not MailboxItem.objects.exists()


def test_a_long_subject_is_cut():
    keep(subject="a" * 300)
    assert MailboxItem.objects.get().subject == "a" * 200
