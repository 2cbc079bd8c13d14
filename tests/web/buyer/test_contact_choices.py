"""The buyer's choice about unsolicited messages."""

import pytest

from tests import factories
from tests.web.desk.shop import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return factories.buyer()


def at(person, path="contact-choices/"):
    return f"/{person.marketplace.slug}/{path}"


def chosen(person):
    person.refresh_from_db()
    return person.unsolicited_declined_at


def test_the_message_center_leads_to_the_choice_that_stands(person):
    client = signed_in(person.user)

    assert at(person) in client.get(at(person, "messages/")).content.decode()
    assert 'value="yes" required checked' in client.get(at(person)).content.decode()


def test_declining_and_taking_again(person):
    client = signed_in(person.user)

    assert client.post(at(person), {"unsolicited": "no"})["Location"] == f"{at(person)}?done=saved"
    assert chosen(person) is not None
    shown = client.get(at(person), {"done": "saved"}).content.decode()
    assert "Saved. It counts from now on." in shown
    assert 'value="no" required checked' in shown

    client.post(at(person), {"unsolicited": "yes"})
    assert chosen(person) is None


def test_the_page_names_what_comes_in_any_case(person):
    shown = signed_in(person.user).get(at(person)).content.decode()

    always = "problem with the order, shipment confirmation, order unavailable and legal disclosure"
    assert always in shown


@pytest.mark.parametrize("body", [{}, {"unsolicited": "maybe"}])
def test_no_choice_is_asked_for_again(person, body):
    refused = signed_in(person.user).post(at(person), body)

    assert refused.status_code == 422
    assert "Choose whether you take them or decline them." in refused.content.decode()
    assert chosen(person) is None
