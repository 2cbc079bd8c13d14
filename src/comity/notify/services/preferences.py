"""Which mails a user wants."""

from comity.accounts.models import User
from comity.common.transactions import write
from comity.notify.models import NotificationPreference


def set_by_email(*, user: User, kind: str, by_email: bool) -> NotificationPreference:
    """Turn mails of ``kind`` on or off for ``user``; those already queued are still sent."""
    with write():
        preference, _ = NotificationPreference.objects.update_or_create(
            user=user, kind=kind, defaults={"by_email": by_email}
        )
    return preference
