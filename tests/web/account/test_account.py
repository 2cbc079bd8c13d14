"""A person's own account: details, password, other devices, mails."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import User
from comity.common.models import OutboxEvent
from comity.notify.models import NotificationPreference
from tests import factories
from tests.factories import PASSWORD
from tests.web.desk.shop import signed_in

pytestmark = pytest.mark.django_db
NEW = "a new and longer password"


@pytest.fixture
def seat():
    return factories.staff()


@pytest.fixture
def person(seat):
    return seat.user


@pytest.fixture
def own(person):
    return signed_in(person)


def html(response):
    return response.content.decode()


def is_signed_in(client):
    return client.get("/account/").status_code == 200


def test_details_are_saved_and_on_the_trail_of_the_shop(own, person, seat):
    saved = own.post(
        "/account/", {"part": "details", "name": "Ines Moreau", "language": "fr", "time_zone": "Europe/Paris"}
    )

    person.refresh_from_db()
    assert saved.url == "/account/?done=details"
    assert (person.name, person.language, person.time_zone) == ("Ines Moreau", "fr", "Europe/Paris")
    assert list(OutboxEvent.objects.values_list("name", "actor", "stream")) == [
        ("user.changed", person.public_id, seat.seller.public_id)
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "A name has 1 to 120 characters"),
        ({"time_zone": "Paris"}, "expected is a name such as Europe/Berlin"),
        ({"language": "a language"}, "expected is a language tag"),
    ],
)
def test_a_wrong_detail_comes_back_with_everything_typed(own, person, wrong, sentence):
    typed = {"name": "Ines Moreau", "language": "fr", "time_zone": "Europe/Paris", **wrong}
    refused = own.post("/account/", {"part": "details", **typed})

    assert refused.status_code == 422
    assert sentence in html(refused)
    assert all(f'value="{value}"' in html(refused) for value in typed.values())
    assert User.objects.get(pk=person.pk).name == person.name
    assert not OutboxEvent.objects.exists()


def test_a_new_password_ends_every_other_session(own, person):
    other = signed_in(person)

    assert own.post("/account/", {"part": "password", "password": NEW}).url == "/account/?done=password"

    assert (is_signed_in(own), is_signed_in(other)) == (True, False)
    assert User.objects.get(pk=person.pk).check_password(NEW)


def test_a_weak_password_is_refused_and_changes_nothing(own, person):
    other = signed_in(person)
    refused = own.post("/account/", {"part": "password", "password": "short"})

    assert refused.status_code == 422
    assert "too short" in html(refused)
    assert "short</" not in re.sub(r"too short[^<]*", "", html(refused))
    assert is_signed_in(other)
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)


def test_signing_out_everywhere_else_keeps_this_device(own, person):
    other = signed_in(person)
    own.post("/account/", {"part": "sessions"})
    assert (is_signed_in(own), is_signed_in(other)) == (True, False)
    assert is_signed_in(signed_in(User.objects.get(pk=person.pk)))


def test_mails_are_turned_off_and_on(own, person):
    own.post("/account/", {"part": "mails", "mails": ["assigned", "report_decided"]})
    off = NotificationPreference.objects.filter(user=person, by_email=False).values_list("kind", flat=True)
    assert sorted(off) == [
        "handling_changed",
        "help_answered",
        "mentioned",
        "message_waiting",
        "report_ready",
        "ruling_made",
    ]

    shown = html(own.get("/account/"))
    assert sorted(re.findall(r'name="mails" value="(\w+)" checked', shown)) == ["assigned", "report_decided"]


@pytest.mark.parametrize(
    ("make", "shown"),
    [
        (lambda: factories.buyer().user, {"message_waiting", "ruling_made", "report_decided"}),
        (
            lambda: factories.operator().user,
            {"message_waiting", "assigned", "mentioned", "ruling_overdue", "help_asked"},
        ),
        (factories.user, set()),
    ],
)
def test_only_mails_that_a_person_can_get_are_shown(make, shown):
    assert set(re.findall(r'name="mails" value="(\w+)"', html(signed_in(make()).get("/account/")))) == shown


def test_another_persons_preferences_stay_as_they_are(own):
    other = factories.staff().user
    own.post("/account/", {"part": "mails", "user": other.pk})
    assert not NotificationPreference.objects.filter(user=other).exists()


def test_the_page_takes_six_queries(own):
    with CaptureQueriesContext(connection) as queries:
        own.get("/account/")
    # session, user, preferences, three kinds of seats
    assert len(queries) == 6, [query["sql"][:90] for query in queries]
