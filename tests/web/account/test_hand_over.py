import re
from pathlib import Path

import jwt
import pytest

from comity.accounts.models import Buyer, SpentToken, User
from comity.common import clock
from comity.common.models import OutboxEvent
from tests.factories import buyer, marketplace, operator, seller, staff, user

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs/integrate/hand-over.md"


@pytest.fixture
def north():
    return marketplace(slug="north")


def claims(**changes):
    now = int(clock.now().timestamp())
    return {
        "iss": "north",
        "aud": "comity",
        "sub": "shopper-7",
        "email": "ines@example.com",
        "name": "Ines Moreau",
        "lang": "fr",
        "iat": now,
        "exp": now + 60,
        "jti": "once-1",
        **changes,
    }


def come(client, place, algorithm="HS256", secret=None, without=(), at="north", **changes):
    content = {name: value for name, value in claims(**changes).items() if name not in without}
    key = place.hand_over_secret if secret is None else secret
    return client.get(f"/{at}/hand-over/", {"token": jwt.encode(content, key, algorithm=algorithm)})


def refused(client, response, word):
    assert (response.status_code, word in response.content.decode()) == (403, True)
    assert (Buyer.objects.count(), User.objects.count(), SpentToken.objects.count()) == (0, 0, 0)
    return "_auth_user_id" not in client.session


def test_the_example_of_the_documentation_works(client, north):
    example = {}
    exec(re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[1], example)
    person = {"id": "shopper-7", "email": "ines@example.com", "name": "Ines Moreau"}
    address = example["hand_over_address"]("", "north", north.hand_over_secret, person, "/north/orders/?page=2")
    assert client.get(address)["Location"] == "/north/orders/?page=2"
    assert Buyer.objects.get().user.pk == int(client.session["_auth_user_id"])


def test_a_new_buyer_is_created_with_a_user(client, north):
    assert come(client, north)["Location"] == "/north/"
    made = Buyer.objects.select_related("user").get()
    assert (made.marketplace, made.source, made.external_id) == (north, "comity", "shopper-7")
    assert (made.name, made.email, made.language) == ("Ines Moreau", "ines@example.com", "fr")
    assert (made.user.email, made.user.name, made.user.has_usable_password()) == (made.email, made.name, False)


def test_a_known_buyer_is_brought_up_to_date(client, north):
    known = buyer(north, source="shop", external_id="shopper-7", name="Old Name", user=None)
    come(client, north, source="shop")
    now = Buyer.objects.get()
    assert (now.pk, now.name, now.email, now.language) == (known.pk, "Ines Moreau", "ines@example.com", "fr")


def names_told():
    return list(OutboxEvent.objects.values_list("name", "data", "actor"))


def test_a_new_name_or_address_is_told_by_id_alone(client, north):
    known = buyer(north, source="shop", external_id="shopper-7", name="Old Name", user=None)
    come(client, north, source="shop")
    assert names_told() == [("buyer.changed", {"buyer": known.public_id}, "")]


def test_a_buyer_who_is_new_or_the_same_is_not_told_of(client, north):
    come(client, north)
    come(client, north, jti="once-2")
    assert (Buyer.objects.count(), names_told()) == (1, [])


def test_a_token_works_once(client, north):
    come(client, north)
    client.post("/sign-out/")
    response = come(client, north)
    assert (response.status_code, b"used already" in response.content) == (403, True)
    assert "_auth_user_id" not in client.session


def test_an_id_used_on_one_marketplace_is_free_on_another(client, north):
    south = marketplace(slug="south")
    codes = [come(client, north).status_code, come(client, south, at="south", iss="south").status_code]
    assert codes == [302, 302]


def test_an_old_token_is_refused(client, north):
    now = int(clock.now().timestamp())
    assert refused(client, come(client, north, iat=now - 60, exp=now), "too old")


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "email", "name", "iat", "exp", "jti"])
def test_a_token_without_a_claim_is_refused(client, north, name):
    assert refused(client, come(client, north, without=[name]), "not valid")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "south"},
        {"aud": "another"},
        {"sub": ""},
        {"sub": " "},
        {"sub": "x" * 101},
        {"email": "no address"},
        {"name": "a\x00b"},
        {"name": "x" * 121},
        {"jti": ""},
        {"lang": ["en"]},
        {"source": ""},
        {"exp": "soon"},
        {"exp": 10**20},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_is_refused(client, north, changes):
    assert refused(client, come(client, north, **changes), "not valid")


@pytest.mark.parametrize(("issued", "expires"), [(0, 301), (-300, 60), (90, 150)])
def test_a_token_that_lives_too_long_or_begins_later_is_refused(client, north, issued, expires):
    now = int(clock.now().timestamp())
    assert refused(client, come(client, north, iat=now + issued, exp=now + expires), "not valid")


def test_a_token_of_another_key_is_refused(client, north):
    assert refused(client, come(client, north, secret="y" * 40), "not valid")


def test_a_token_of_another_marketplace_is_refused(client, north):
    south = marketplace(slug="south")
    assert refused(client, come(client, south, at="north"), "not valid")


def test_an_unsigned_token_is_refused(client, north):
    assert refused(client, come(client, north, secret="", algorithm="none"), "not valid")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "." * 9])
def test_what_is_no_token_is_refused(client, north, token):
    assert refused(client, client.get("/north/hand-over/", {"token": token}), "not valid")


@pytest.mark.parametrize("weak", ["", "short"])
def test_a_marketplace_without_a_long_secret_takes_nobody(client, north, weak):
    north.hand_over_secret = weak
    north.save()
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = jwt.encode(claims(), weak or "z", algorithm="HS256")
    assert refused(client, client.get("/north/hand-over/", {"token": token}), "not valid")


def test_an_unknown_marketplace_is_not_found(client):
    assert client.get("/nowhere/hand-over/", {"token": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/x", "/\\evil.example", "orders"])
def test_next_stays_on_this_site(client, north, path):
    assert come(client, north, next=path)["Location"] == "/north/"


def test_a_users_seats_elsewhere_stay_shut(client, north):
    person = user(email="ines@example.com")
    desk = staff(seller(north), user=person)
    operator(north, user=person)
    buyer(marketplace(slug="south"), user=person)
    come(client, north)
    assert int(client.session["_auth_user_id"]) == person.pk
    own, *others = (
        "/north/messages/",
        f"/north/sell/{desk.seller.public_id}/inbox/",
        "/north/operate/",
        "/south/messages/",
    )
    page = client.get("/").content.decode()
    assert (own in page, [path for path in others if path in page]) == (True, [])
    assert client.get(own).status_code == 200
    assert [client.get(path)["Location"][:9] for path in others] == ["/sign-in/"] * 3
    assert client.get("/south/").status_code == 200  # open to everybody


def test_signing_in_here_afterwards_opens_every_seat(client, north):
    person = user(email="ines@example.com")
    operator(north, user=person)
    come(client, north)
    client.post("/sign-in/", {"email": person.email, "password": "correct horse battery staple"})
    assert "/north/operate/held/" in client.get("/").content.decode()


def test_two_buyers_with_one_address_stay_apart(client, north):
    first = buyer(north, email="ines@example.com")
    come(client, north)
    second = Buyer.objects.get(external_id="shopper-7")
    assert second.user_id not in (None, first.user_id)
    assert second.user.email_lookup == f"hand-over:{second.public_id}"


def test_a_person_who_was_shut_out_stays_out(client, north):
    user(email="ines@example.com")
    User.objects.update(is_active=False)
    response = come(client, north)
    assert (response.status_code, Buyer.objects.count(), SpentToken.objects.count()) == (403, 0, 0)
