from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected
from unittest.mock import Mock

import pytest
from django.core.mail import EmailMessage
from django.db import DatabaseError

from comity.accounts.models import OperatorStaff
from comity.common import clock
from comity.common.models import OutboxEvent
from comity.notify.mailbox import MailboxBackend
from comity.web.account.sending import send_later
from tests.factories import buyer, marketplace, operator, seller, staff, user

pytestmark = pytest.mark.django_db


def links(page):
    return {part.split('"')[0] for part in page.content.decode().split('href="')[1:]}


def test_a_stranger_sees_the_marketplaces_and_the_way_in(client):
    for slug in ("north", "south"):
        marketplace(slug=slug, name=f"{slug} & Sons")
    page = client.get("/")
    assert {"/sign-in/", "/north/", "/south/"} <= links(page)
    assert b"south &amp; Sons" in page.content


def test_a_person_sees_every_seat(client, django_assert_num_queries):
    person, north = user(), marketplace(slug="north")
    buyer(north, user=person)
    shop = staff(seller(north), user=person).seller.public_id
    client.force_login(person)
    with django_assert_num_queries(6):  # session, user, marketplaces, three kinds of seats
        page = client.get("/")
    assert {"/north/messages/", "/north/orders/", f"/north/sell/{shop}/inbox/"} <= links(page)


def test_somebody_elses_seats_are_not_shown(client):
    north = marketplace(slug="north")
    other = staff(seller(north))
    buyer(north), operator(north)
    client.force_login(user())
    page = client.get("/")
    assert b"You have no seat yet" in page.content
    assert other.seller.public_id not in page.content.decode()


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        (OperatorStaff.Role.MODERATOR, {"held"}),
        (OperatorStaff.Role.SERVICE_AGENT, {"service"}),
        (OperatorStaff.Role.INVESTIGATOR, {"conversations", "audit"}),
        (OperatorStaff.Role.ADJUDICATOR, {"conversations"}),
        (OperatorStaff.Role.ADMIN, {"held", "service", "conversations", "audit", "settings"}),
    ],
)
def test_an_operator_is_led_to_what_the_role_opens(client, role, pages):
    client.force_login(operator(marketplace(slug="north"), role).user)
    found = links(client.get("/"))
    known = ("held", "service", "conversations", "audit", "settings")
    assert {page for page in known if f"/north/operate/{page}/" in found} == pages


def test_the_mailbox_shows_kept_mails_newest_first(client, settings):
    settings.DEMO = True
    MailboxBackend().send_messages([EmailMessage(subject=f"Mail {n}", body="Words", to=["i@e.org"]) for n in (1, 2)])
    page = client.get("/mailbox/").content.decode()
    assert 0 < page.index("Mail 2") < page.index("Mail 1")


@pytest.mark.parametrize("kept", [True, False])
def test_outside_of_the_demo_there_is_no_mailbox_for_anybody(client, settings, kept):
    settings.MAILBOX, settings.DEMO = kept, False
    MailboxBackend().send_messages([EmailMessage(subject="A secret", body="Words", to=["i@e.org"])])
    answer = client.get("/mailbox/")
    assert (answer.status_code, b"A secret" in answer.content) == (404, False)
    assert b"mailbox" not in client.get("/").content


def test_the_process_answers_without_a_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"alive": True}


def test_ready_says_how_far_the_queue_is_behind(client):
    ready = {"ready": True, "database": "reachable", "migrations": "applied"}
    assert client.get("/readyz").json() == {**ready, "queue_lag_seconds": 0, "dead_letters": 0}
    waiting = {"name": "x", "marketplace": "m", "stream": "s", "occurred_at": clock.now() - timedelta(minutes=5)}
    OutboxEvent.objects.create(public_id="evt_1", sequence=1, **waiting)
    assert 300 <= client.get("/readyz").json()["queue_lag_seconds"] < 400


def test_not_ready_without_database_or_migrations(client, monkeypatch):
    executor = "comity.web.account.health.MigrationExecutor.migration_plan"
    monkeypatch.setattr(executor, lambda *_: [("accounts", "0002")])
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "missing")

    def fail(*_):
        raise DatabaseError("password of the database")

    monkeypatch.setattr(executor, fail)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"ready": False, "database": "unreachable"})


def test_a_mail_is_sent_from_a_thread_of_its_own(monkeypatch):
    import threading

    done, where = threading.Event(), []
    monkeypatch.setattr(EmailMessage, "send", lambda _: where.append(threading.current_thread().name) or done.set())
    send_later(EmailMessage())
    assert done.wait(10)
    assert where == ["sign-in-mail"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(113, "No route to ines@example.com"), "OSError 113"),
        (SMTPRecipientsRefused({"ines@example.com": (550, b"ines is unknown")}), "SMTPRecipientsRefused 550"),
        (SMTPSenderRefused(553, b"not for ines@example.com", "a@b.example"), "SMTPSenderRefused 553"),
        (SMTPServerDisconnected("while writing ines@example.com"), "SMTPServerDisconnected "),
    ],
)
def test_a_mail_that_cannot_be_sent_is_logged_without_the_address(monkeypatch, caplog, error, said):
    from comity.web.account import sending

    monkeypatch.setattr(EmailMessage, "send", Mock(side_effect=error))
    monkeypatch.setattr(sending.connection, "close", lambda: None)
    sending._send(EmailMessage(to=["ines@example.com"]))
    assert f"a sign-in mail could not be sent: {said}\n" in caplog.text
    assert "ines" not in caplog.text
