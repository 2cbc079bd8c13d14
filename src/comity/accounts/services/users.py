"""People who sign in."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from comity.accounts.models import User
from comity.common.crypto import lookup_digest
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.transactions import write


def create_user(
    *,
    email: str,
    name: str,
    password: str | None = None,
    language: str = "en",
    time_zone: str = "UTC",
    hand_over_of: str = "",
    now: datetime,
) -> User:
    """A new user; without ``password`` it signs in by link or hand-over only. Raises ``Refused``.

    ``hand_over_of``, the public id of a buyer, makes a user that comes by hand-over alone, because somebody else
    signs in with this address.
    """
    address = email.strip()
    user = User(
        public_id=new_id("usr", now),
        email=address,
        email_lookup=f"hand-over:{hand_over_of}" if hand_over_of else lookup_digest(address),
        name=name.strip(),
        language=language,
        time_zone=time_zone,
        joined_at=now,
    )
    _check(user, password)
    user.set_password(password)
    with write():
        if User.objects.filter(email_lookup=user.email_lookup).exists():
            raise Refused("email_taken", "A user with this e-mail address exists already.", "email")
        user.save(force_insert=True)
    return user


def find_user(email: str) -> User | None:
    """The active user with this address, whatever its case."""
    return User.objects.filter(email_lookup=lookup_digest(email), is_active=True).first()


def _check(user: User, password: str | None) -> None:
    try:
        validate_email(user.email)
    except ValidationError as error:
        sentence = "This is not an e-mail address: write it like name@example.com."
        raise Refused("email_invalid", sentence, "email") from error
    if not 0 < len(user.name) <= 120:  # noqa: PLR2004 - the column's length
        raise Refused("name_length", f"A name has 1 to 120 characters; this one has {len(user.name)}.", "name")
    if password is None:
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("password_weak", " ".join(error.messages), "password") from error
