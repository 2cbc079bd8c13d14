"""What the demo's shops promise, and how its buyers judge their answers."""

from datetime import datetime, timedelta
from typing import Any

from comity.accounts.models import Seller, Staff
from comity.catalog.services.policies import Wording, publish_policy
from comity.messaging.models import Conversation, Message, Side
from comity.messaging.selectors.care import answers_in
from comity.messaging.selectors.doors import Seat
from comity.messaging.services.reports import report
from comity.messaging.services.votes import vote

_BEFORE_ANY_ORDER = timedelta(days=120)
_THINKING = timedelta(minutes=20)
_COMPLAINT = "This does not answer what I asked, and it reads like an advertisement."


def promise(policies: dict[str, str], now: datetime) -> None:
    """Every shop states its policies, long before its first order."""
    for seller in Seller.objects.order_by("pk"):
        seats = Staff.objects.select_related("seller__marketplace", "user")
        owner = seats.filter(seller=seller, role=Staff.Role.OWNER).order_by("pk")[0]
        for kind, text in policies.items():
            publish_policy(staff=owner, kind=kind, wording=Wording(text.strip(), 0), now=now - _BEFORE_ANY_ORDER)


def judge(now: datetime) -> None:
    """Buyers say of every other answer whether it helped, of each fourth that it did not; one reports a message."""
    answered = Conversation.objects.filter(addressee=Side.SELLER, messages__side=Side.SELLER).distinct().order_by("pk")
    reported = False
    for number, conversation in enumerate(answered.select_related("buyer__user", "seller", "marketplace")):
        answer = answers_in(conversation).first()
        if answer is None or number % 2:
            continue
        seat, moment = _seat(conversation), _later(answer, now)
        vote(seat=seat, message_id=answer.public_id, solved=number % 8 != 0, now=moment)
        if number % 8 == 0 and not reported:
            report(seat=seat, message_id=answer.public_id, reason="spam", words=_COMPLAINT, now=moment)
            reported = True


def _seat(conversation: Conversation) -> Seat:
    user: Any = conversation.buyer.user
    return Seat(conversation, Side.BUYER, user)


def _later(answer: Message, now: datetime) -> datetime:
    return min(now, (answer.delivered_at or answer.sent_at) + _THINKING)
