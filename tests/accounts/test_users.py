import pytest

from comity.accounts.models import User
from comity.accounts.services.users import create_user, find_user
from comity.common.errors import Refused
from tests.factories import NOW, PASSWORD, user

pytestmark = pytest.mark.django_db


def test_a_new_user_is_found_by_address_whatever_its_case():
    made = create_user(email=" Ines@Example.com ", name=" Ines ", password=PASSWORD, now=NOW)
    assert find_user("INES@example.COM") == made
    assert (made.email, made.name, made.joined_at, made.check_password(PASSWORD)) == (
        "Ines@Example.com",
        "Ines",
        NOW,
        True,
    )


def test_an_address_lies_encrypted(django_db_blocker):
    from django.db import connection

    create_user(email="ines@example.com", name="Ines", now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT email, email_lookup, password FROM accounts_user")
        stored = cursor.fetchone()
    assert not any("ines" in value or "example" in value for value in stored)


def test_one_address_is_one_user():
    create_user(email="ines@example.com", name="Ines", now=NOW)
    with pytest.raises(Refused) as refusal:
        create_user(email="INES@example.com", name="Other", now=NOW)
    assert (refusal.value.code, refusal.value.field, User.objects.count()) == ("email_taken", "email", 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": "nobody"}, "email_invalid"),
        ({"email": ""}, "email_invalid"),
        ({"name": " "}, "name_length"),
        ({"name": "x" * 121}, "name_length"),
        ({"password": "elevenchars"}, "password_weak"),
        ({"password": "password1234"}, "password_weak"),
    ],
)
def test_what_is_refused_is_not_stored(changes, code):
    with pytest.raises(Refused) as refusal:
        create_user(**{"email": "ines@example.com", "name": "Ines", "password": PASSWORD, "now": NOW, **changes})
    assert (refusal.value.code, User.objects.count()) == (code, 0)


def test_who_is_shut_out_is_not_found():
    person = user(email="ines@example.com")
    User.objects.update(is_active=False)
    assert find_user(person.email) is None
