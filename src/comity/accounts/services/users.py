"""People who sign in."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from comity.accounts.models import User
from comity.accounts.services.trail import note_of_person
from comity.common import import_values as values
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


def check_address(email: str) -> str:
    """``email`` without blanks around it. Raises ``Refused`` when it is no address."""
    address = email.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        sentence = "This is not an e-mail address: write it like name@example.com."
        raise Refused("email_invalid", sentence, "email") from error
    return address


def change_account(*, user: User, name: str, language: str, time_zone: str, now: datetime) -> None:
    """Store what a person says of themselves. Raises ``Refused``."""
    fields = {
        "name": (values.text(120), name),
        "language": (values.language, language),
        "time_zone": (values.time_zone, time_zone),
    }
    for field, (parse, typed) in fields.items():
        try:
            setattr(user, field, parse(typed))
        except values.BadValue as bad:
            label = field.replace("_", " ").capitalize()
            raise Refused(field, f"{label} {bad.faults[0].sentence}", field) from bad
    _check(user, None)
    with write():
        user.save(update_fields=[*fields])
        note_of_person(user, "user.changed", now=now)


def change_password(*, user: User, password: str, now: datetime) -> None:
    """A new password, which ends every other session of ``user``. Raises ``Refused``."""
    _check(user, password)
    user.set_password(password)
    with write():
        user.save(update_fields=["password"])
        note_of_person(user, "user.password_changed", now=now)


def sign_out_everywhere(*, user: User, now: datetime) -> None:
    """End every session of ``user``; the edge keeps the one that asks."""
    user.signed_out_at = now
    with write():
        user.save(update_fields=["signed_out_at"])
        note_of_person(user, "user.signed_out_everywhere", now=now)


def find_user(email: str) -> User | None:
    """The active user with this address, whatever its case."""
    return User.objects.filter(email_lookup=lookup_digest(email), is_active=True).first()


def _check(user: User, password: str | None) -> None:
    check_address(user.email)
    try:
        values.text(len(user.name))(user.name)  # what no database should store; the length is told below
    except values.BadValue as bad:
        raise Refused("name", f"Name {bad.faults[0].sentence}", "name") from bad
    if not 0 < len(user.name) <= 120:  # noqa: PLR2004 - the column's length
        raise Refused("name_length", f"A name has 1 to 120 characters; this one has {len(user.name)}.", "name")
    if password is None:
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("password_weak", " ".join(error.messages), "password") from error
