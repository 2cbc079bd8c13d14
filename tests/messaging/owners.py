"""A product with its owners: one seller, as many buyers as wanted, each with a shipped order of it."""

import dataclasses
from dataclasses import dataclass
from itertools import count

from comity.accounts.profiles import profile_in_force
from comity.common.models import OutboxEvent
from comity.jobs.pump import Pump
from comity.jobs.table import HANDLERS
from comity.messaging.models import Block, NoticeRecipient
from comity.messaging.services.notice_writing import RecallWords, Words, write_notice
from comity.messaging.services.notices import approve, stamp, submit
from tests import factories
from tests.factories import NOW

_keys = count(1)
LEFT_OUT = {
    "opted_out": {"unsolicited_declined_at": NOW},
    "no_account": {"user": None},
}
SENDING = {name: handlers for name, handlers in HANDLERS.items() if name.startswith(("notice.", "message.accepted"))}


@dataclass
class Owners:
    """Who sends, who approves, what about; ``people`` are the buyers in the order in which they bought."""

    staff: object
    moderator: object
    offer: object
    people: list

    @property
    def seller(self):
        return self.staff.seller

    @property
    def market(self):
        return self.seller.marketplace

    def another(self, status="shipped", buyer=None, offer=None, **fields):
        """One more order of the product, of a new buyer unless one is given."""
        person = buyer or factories.buyer(self.market)
        self.people.append(person)
        return factories.order(person, self.seller, offer or self.offer, status=status, **fields)

    def write(self, text="New firmware is out.", kind="service", staff=None, replaces="", now=NOW, **fields):
        words = Words(kind, self.offer.sku, text)
        return write_notice(staff=staff or self.staff, words=words, key=f"n{next(_keys)}", replaces=replaces, now=now)

    def recall(self, staff=None, replaces="", now=NOW, key="", **fields):
        staff = staff or self.staff
        product = self.offer.sku if staff is self.staff else self.offer.product.public_id
        defaults = {"hazard": "It may catch fire.", "remedy": "refund", "instructions": "Unplug it."}
        words = RecallWords(**{"product": product, **defaults, **fields})
        return write_notice(staff=staff, words=words, key=key or f"n{next(_keys)}", replaces=replaces, now=now).notice

    def confirm(self, notice, now=NOW, **fields):
        return submit(staff=fields.pop("staff", self.staff), notice_id=notice.public_id, now=now, **fields)

    def approve(self, notice, staff=None, now=NOW):
        return approve(staff=staff or self.moderator, notice_id=notice.public_id, seen=stamp(notice), now=now)

    def released(self, now=NOW, **fields):
        """A recall, written, submitted and approved."""
        return self.approve(self.confirm(self.recall(now=now, **fields), now=now), now=now)


def make_owners(people=3, **order_fields):
    staff = factories.staff()
    moderator = factories.operator(staff.seller.marketplace, "moderator")
    made = Owners(staff, moderator, factories.listing(staff.seller), [])
    for _ in range(people):
        made.another(**order_fields)
    return made


def work(now=NOW, rounds=100):
    """What the worker does, until there is nothing left to do at ``now``; how many rounds it took."""
    pump = Pump("test", SENDING)
    for done in range(rounds):
        if not pump.run_once(now):
            return done
    raise AssertionError("the worker does not come to rest")


def block(owners, buyer):
    return Block.objects.create(
        marketplace=owners.market, buyer=buyer, seller=owners.seller, side="buyer", made_by=buyer.user, made_at=NOW
    )


def told(name):
    return list(OutboxEvent.objects.filter(name=name).order_by("id").values_list("actor", flat=True))


def with_profile(monkeypatch, **values):
    """Every reader of the profile finds these values in it."""
    from comity.messaging.selectors import agreements, notices  # what reads it, here and below
    from comity.messaging.services import notice_sending
    from comity.messaging.services import notices as services

    for module in (agreements, notices, notice_sending, services):
        monkeypatch.setattr(module, "profile_in_force", lambda *a: dataclasses.replace(profile_in_force(*a), **values))


def outcomes(notice):
    rows = NoticeRecipient.objects.filter(notice=notice).values_list("buyer", "outcome")
    return dict(rows)


def sent_to(notice):
    return sorted(buyer for buyer, outcome in outcomes(notice).items() if outcome == "sent")


def keys(people):
    return sorted(person.pk for person in people)
