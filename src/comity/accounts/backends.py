"""How a password is checked."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from comity.accounts.models import User
from comity.common.crypto import lookup_digest


class EmailBackend(BaseBackend):
    """Signs in by e-mail address and password; an unknown address takes as long as a wrong password."""

    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **_others: Any
    ) -> User | None:
        """The active user with this address and password, else ``None``."""
        del request  # what the throttle needs from it, the edge reads
        user = User.objects.filter(email_lookup=lookup_digest(email), is_active=True).first()
        if user is None:
            make_password(password)
            return None
        return user if check_password(password, user.password) else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
