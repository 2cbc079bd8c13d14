"""One recall, approved and sent, and one agreement about who sends what: see docs/sell/notices-and-recalls.md."""

from datetime import datetime, timedelta

from comity.accounts.models import OperatorStaff, Staff
from comity.config.demo.talk import deliver_waiting
from comity.messaging.models import Conversation, Notice
from comity.messaging.services.agreements import Proposal, accept, propose
from comity.messaging.services.notice_sending import send_batch
from comity.messaging.services.notice_writing import RecallWords, write_notice
from comity.messaging.services.notices import approve, stamp, submit
from comity.orders.models import Order, OrderLine

_WHAT_TO_DO = (
    "Please do not use it until you have compared the lot number on the label. "
    "If it is one of these, write to us here, and a new one is on its way the same day."
)
_RECALLED = timedelta(hours=5)
_AGREED = timedelta(days=20)


def send_recall(now: datetime) -> None:
    """The shop of the printed link recalls what the buyer of the printed link has, for the day of that order."""
    line = _line_of_the_link()
    moment, day = now - _RECALLED, line.order.placed_at.date()
    assert line.listing is not None
    owner = Staff.objects.select_related("seller__marketplace", "user").get(seller=line.order.seller, role="owner")
    words = RecallWords(
        product=line.listing.sku,
        hazard="Some pieces left us with a seam that can come open under load.",
        remedy="replacement",
        instructions=_WHAT_TO_DO,
        lots=("L2-118", "L2-119"),
        ordered_from=day,
        ordered_until=day,
    )
    notice = write_notice(staff=owner, words=words, key="demo-recall", now=moment).notice
    assert notice is not None, "the demo's own recall is blocked by the rules"
    submit(staff=owner, notice_id=notice.public_id, now=moment)
    moderator = OperatorStaff.objects.select_related("marketplace", "user").get(
        marketplace=line.order.marketplace, role=OperatorStaff.Role.MODERATOR
    )
    notice.refresh_from_db()
    approve(staff=moderator, notice_id=notice.public_id, seen=stamp(notice), now=moment)
    while not Notice.objects.filter(pk=notice.pk, state=Notice.State.SENT).exists():
        send_batch(notice_id=notice.public_id, now=moment)
    deliver_waiting(moment)


def agree(now: datetime) -> None:
    """Another shop leaves its content updates to the marketplace."""
    moment = now - _AGREED
    owners = Staff.objects.select_related("seller__marketplace", "user").filter(role="owner")
    owner = owners.exclude(seller__external_id="alder-loom").order_by("pk")[0]
    admins = OperatorStaff.objects.select_related("marketplace", "user")
    admin = admins.filter(marketplace=owner.seller.marketplace, role=OperatorStaff.Role.ADMIN).order_by("pk")[0]
    proposal = Proposal("content_update", "marketplace", moment.date(), "You have no time for it, and we know how.")
    made = propose(seller=owner.seller, staff=admin, proposal=proposal, now=moment)
    accept(seller=owner.seller, staff=owner, agreement_id=made.public_id, now=moment + timedelta(hours=3))


def _line_of_the_link() -> OrderLine:
    """What the buyer of the link bought from the shop of the link, got, and has talked about."""
    talked = Conversation.objects.filter(order__isnull=False, addressee="seller").values("order")
    lines = OrderLine.objects.filter(
        order__in=talked,
        order__buyer__external_id="buyer-0",
        order__status__in=(Order.Status.SHIPPED, Order.Status.DELIVERED),
        listing__isnull=False,
    )
    related = lines.select_related("order__seller", "order__marketplace", "listing")
    preferred = related.filter(order__seller__external_id="alder-loom").order_by("pk").first()
    line = preferred or related.order_by("pk").first()
    assert line is not None, "the demo's buyer has got nothing"
    return line
