import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.notify.models import Notification
from comity.notify.services import sending
from comity.notify.services.sending import LEASE, RETRIES, send_due
from tests.factories import NOW, user
from tests.jobs.test_pump_races import in_threads
from tests.notify.sink import running_sink

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(hours=1)


@pytest.fixture
def sink(settings):
    settings.BASE_URL = "https://comity.example"
    settings.DEFAULT_FROM_EMAIL = "Comity <no-reply@comity.example>"
    with running_sink(settings) as sink:
        yield sink


def notification(n=1, **fields):
    about = {"kind": "message_waiting", "marketplace": "Harbour", "path": "/harbour/messages/cnv_1/"}
    fields.setdefault("user", None)
    person = fields.pop("user") or user()
    ids = {"public_id": f"ntf_{n}", "event": f"evt_{n}"}
    return Notification.objects.create(**{**about, **ids, "run_after": NOW, "user": person, **fields})


def send(now=NOW):
    return send_due(now, chance=random.Random(1))


def outcome():
    row = Notification.objects.get()
    return row.state, row.attempts, row.last_error


def test_a_mail_says_that_something_waits_and_where(sink):
    notification(user=user(email="nora@example.com", name="Nora"))
    assert send() == 1
    [mail] = sink.mails
    assert (mail["To"], mail["From"]) == ("nora@example.com", "Comity <no-reply@comity.example>")
    assert mail["Subject"] == "A message is waiting for you on Harbour"
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<ntf_1@comity.example>", "auto-generated")
    assert "https://comity.example/harbour/messages/cnv_1/" in mail.get_content()
    assert Notification.objects.get().sent_at == NOW


def test_what_is_sent_is_not_sent_again(sink):
    notification()
    assert (send(), send(SOON), len(sink.mails)) == (1, 0, 1)
    assert outcome() == ("sent", 1, "")


def test_many_mails_go_over_one_connection(sink):
    [notification(n) for n in range(3)]
    assert (send(), len(sink.mails)) == (3, 3)


def test_a_marketplace_cannot_smuggle_headers_into_a_mail(sink):
    notification(marketplace="Harbour\r\nBcc: everybody@example.com", kind="ruling_made")
    send()
    assert sink.mails[0]["Bcc"] is None
    assert sink.mails[0]["Subject"] == "Your message on Harbour Bcc: everybody@example.com has been reviewed"


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"RCPT": "451 try later nora@example.com"}, "SMTPRecipientsRefused 451"),
        ({"MAIL": "550 who are you"}, "SMTPSenderRefused 550"),
        ({"DATA": "452 disk full"}, "SMTPDataError 452"),
        ({"DATA": "hang up"}, "SMTPServerDisconnected"),
    ],
)
def test_a_failure_that_may_pass_is_tried_again_with_the_same_message_id(sink, answers, why):
    notification()
    sink.answers = answers
    send()
    assert outcome() == ("queued", 1, why)
    sink.answers = {}
    assert send(NOW + timedelta(seconds=20)) == 0
    send(NOW + timedelta(seconds=40))
    assert outcome() == ("sent", 2, "")
    assert {mail["Message-ID"] for mail in sink.mails} == {"<ntf_1@comity.example>"}


@pytest.mark.parametrize(
    ("answers", "why"),
    [({"RCPT": "550 no such person"}, "SMTPRecipientsRefused 550"), ({"DATA": "554 spam"}, "SMTPDataError 554")],
)
def test_what_is_refused_for_good_has_failed(sink, answers, why):
    notification()
    sink.answers = answers
    send()
    assert outcome() == ("failed", 1, why)
    assert (send(SOON), sink.mails) == (0, [])


def test_one_refused_address_keeps_nobody_else_waiting(sink):
    [notification(n) for n in range(3)]
    broken = notification(3).user
    type(broken).objects.filter(pk=broken.pk).update(email="broken\nline@example.com")
    assert (send(), len(sink.mails)) == (4, 3)
    assert Notification.objects.get(user=broken).state == "failed"


def test_without_a_server_every_mail_waits_until_the_attempts_are_spent(sink, settings):
    settings.EMAIL_PORT = 1  # nobody listens there
    notification()
    now = NOW
    for attempt in range(1, RETRIES.attempts + 1):
        assert send(now) == 1
        assert outcome()[:2] == ("queued" if attempt < RETRIES.attempts else "failed", attempt)
        now += timedelta(hours=8)
    assert now - NOW > timedelta(days=1)
    assert send(now) == 0


def test_a_process_killed_while_sending_leaves_a_lease_that_runs_out(sink):
    notification()
    sending._lease(NOW)
    assert send(NOW + LEASE) == 0
    assert send(NOW + LEASE + timedelta(seconds=1)) == 1
    assert outcome() == ("sent", 2, "")


def test_with_nothing_to_send_one_look_is_enough():
    notification(run_after=SOON)
    with CaptureQueriesContext(connection) as queries:
        assert send() == 0
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_senders_send_each_mail_once(sink):
    [notification(n) for n in range(40)]
    in_threads(lambda _: [send() for _ in range(3)])
    assert sorted(mail["Message-ID"] for mail in sink.mails) == sorted(f"<ntf_{n}@comity.example>" for n in range(40))
    assert set(Notification.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_neither_the_words_nor_the_other_sides_name_or_address_are_in_a_mail(desk, sink):
    from tests.notify.test_handlers import tell

    desk.ask("The secret canary sings at dawn")
    tell(desk)
    desk.answer("A second secret answer")
    tell(desk)
    desk.rule(desk.ask("HOLD this third secret").message, "return", reason="The fourth secret")
    tell(desk)
    send()
    wire = "".join(mail.as_string() + mail.get_content() for mail in sink.mails)
    assert len(sink.mails) == 3
    forbidden = ["secret", "canary", desk.buyer.name, desk.staff.user.name, desk.staff.seller.name]
    assert [word for word in forbidden if word in wire] == []
    to_seller, to_buyer, _ = sink.mails
    assert desk.buyer.user.email not in to_seller.as_string()
    assert desk.staff.user.email not in to_buyer.as_string()
