"""Tokens that work once."""

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction

from comity.accounts.models import SpentToken


def spend(*, token: str, expires_at: datetime, now: datetime) -> bool:
    """Use ``token`` up; false when it was used before. Call inside the transaction that acts on it."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    try:
        with transaction.atomic():
            SpentToken.objects.create(digest=digest, spent_at=now, expires_at=expires_at)
    except IntegrityError:
        return False
    return True


def is_spent(token: str) -> bool:
    """Whether ``token`` was used before."""
    return SpentToken.objects.filter(digest=hashlib.sha256(token.encode()).hexdigest()).exists()
