"""The saved replies of the demo's shops."""

from datetime import datetime, timedelta

from comity.accounts.models import Seller, Staff
from comity.messaging.services.saved_replies import SavedText, save_reply

_WRITTEN = timedelta(days=45)  # before now


def save_replies(replies: dict[str, dict[str, str]], now: datetime) -> None:
    """Every shop's owner saves ``replies``: name -> language -> text."""
    for seller in Seller.objects.order_by("pk"):
        seats = Staff.objects.select_related("seller__marketplace", "user")
        owner = seats.filter(seller=seller, role=Staff.Role.OWNER).order_by("pk")[0]
        for name, texts in replies.items():
            saved = None
            for language, text in texts.items():
                form = SavedText(name, language, text)
                done = save_reply(staff=owner, saved_reply=saved, form=form, now=now - _WRITTEN)
                assert done.kind == "saved", f"the rules object to {name} in {language}"
                saved = done.saved_reply
