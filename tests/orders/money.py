"""Random money operations on two orders, and what must hold after each of them."""

import random

from django.db import transaction
from django.db.models import Sum

from comity.common.errors import Refused
from comity.ledger.models import Journal, Payable
from comity.ledger.selectors.reconciling import differences
from comity.ledger.services.disbursements import disburse_due
from comity.ledger.services.moving import move
from comity.orders.models import Adjustment, AdjustmentPart, Order, OrderLine
from comity.orders.services.adjusting import Change, Part, adjust, full_adjustment
from comity.orders.services.cancelling import give_up
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.happenings import lock_orders
from comity.orders.services.paying import lock_money
from tests.factories import NOW, buyer, listing, marketplace, order, seller

Kind = Journal.Kind
REASONS = ("GeneralAdjustment", "CustomerReturn", "NoInventory", "CouldNotShip", "Because")
COMPONENTS = ("Principal", "Shipping", "Goodwill", "RestockingFee")
UNIT, PIECES, POSTAGE, DISCOUNT = 1_000, 3, 450, 700
MOST = 20  # changes in one batch
REFERENCES = 12  # few, so that they come again


class Money:
    """Two orders of three pieces, with postage and with a discount; ``count``: operations that were done or refused."""

    def __init__(self):
        market = marketplace()
        self.shop = seller(market)
        self.orders = [self._ordered(market, beside) for beside in (POSTAGE, -DISCOUNT)]
        self.count, self.last, self.known = 0, [], {}

    def _ordered(self, market, beside):
        made = order(buyer(market, user=None), self.shop, listing(self.shop, price_minor=UNIT))
        OrderLine.objects.filter(order=made).update(quantity=PIECES)
        Payable.objects.filter(pk=made.payable_id).update(authorised_minor=UNIT * PIECES + beside)
        Order.objects.filter(pk=made.pk).update(total_minor=UNIT * PIECES + beside)
        return made

    def act(self, chance):
        """One operation, or a batch of them, by ``chance``; then everything is checked."""
        deeds = (self.adjust, self.adjust, self.adjust, self.whole, self.replay, self.send, self.move, self.pay)
        chance.choice((*deeds, self.cancel) if chance.random() < 0.05 else deeds)(chance)
        self.check()

    def adjust(self, chance):
        self.feed([self._change(chance) for _ in range(chance.randint(1, MOST))])

    def whole(self, chance):
        one = Order.objects.select_related("payable").get(pk=chance.choice(self.orders).pk)
        reason = chance.choice(REASONS)
        self.feed([Change(one.number, reason, full_adjustment(one), f"r{chance.randrange(REFERENCES)}")])

    def replay(self, chance):
        """The last file once more: nothing of it happens again."""
        again = adjust(self.shop, [one for one, _ in self.last], source="feed", actor="", now=NOW)
        self.count += len(again)
        for (_, first), result in zip(self.last, again, strict=True):
            assert not first.made or (result.repeated, result.made) == (True, first.made)

    def feed(self, changes):
        results = adjust(self.shop, changes, source="feed", actor="", now=NOW)
        self.count += len(changes)
        self.last = list(zip(changes, results, strict=True))
        for change, result in self.last:
            if result.made:
                key = change.order, change.reference
                assert self.known.setdefault(key, result.made) == result.made
                assert result.repeated or not result.faults

    def send(self, chance):
        one = chance.choice(self.orders)
        parcel = Confirmation(
            one.number, (("1", chance.randint(1, PIECES)),), "DHL", "", "", NOW, f"p{chance.randrange(4)}"
        )
        confirm(self.shop, [parcel], source="feed", actor="", now=NOW)
        self.count += 1

    def move(self, chance):
        kinds = (Kind.RESERVE, Kind.UNRESERVE, Kind.CHARGEBACK, Kind.REVERSAL, Kind.REIMBURSEMENT)
        one, kind, amount = chance.choice(self.orders), chance.choice(kinds), chance.randint(0, 1_500)
        cause = f"{one.pk}-{chance.randrange(REFERENCES)}"
        self._tried(lambda: move(one.public_id, kind, amount, cause=cause, now=NOW))

    def cancel(self, chance):
        one = chance.choice(self.orders)
        with transaction.atomic():
            locked = list(lock_orders([one.pk]).values())
            lock_money(locked, now=NOW)
            if locked[0].status == "unshipped":
                give_up(locked, to="cancelled", reason="test", by="seller", actor="", now=NOW)
        self.count += 1

    def pay(self, chance):
        disburse_due(NOW)
        self.count += 1

    def _tried(self, deed):
        before = self.sums()
        try:
            deed()
        except Refused:
            assert self.sums() == before
        self.count += 1

    def _change(self, chance):
        parts = tuple(self._part(chance) for _ in range(chance.randint(1, 3)))
        one = chance.choice(self.orders)
        return Change(one.number, chance.choice(REASONS), parts, f"r{chance.randrange(REFERENCES)}")

    def _part(self, chance):
        return Part(
            chance.choice(("1", "1", "")), chance.choice(COMPONENTS), chance.randint(-1, 1_300), self._pieces(chance)
        )

    def _pieces(self, chance):
        return chance.choice((None, None, 1, 2))

    def sums(self):
        columns = ("authorised_minor", "captured_minor", "released_minor", "refunded_minor", "reserved_minor")
        return list(Payable.objects.order_by("pk").values_list(*columns))

    def check(self):
        assert list(differences(NOW)) == []
        for authorised, captured, released, refunded, reserved in self.sums():
            assert refunded + reserved <= captured
            assert captured + released <= authorised
        for one in Order.objects.annotate(gone=Sum("shipments__lines__quantity", default=0)).select_related("payable"):
            goods = UNIT * PIECES
            worth = one.gone * UNIT * min(one.total_minor, goods) // goods
            assert one.payable.captured_minor <= worth + max(one.total_minor - goods, 0) + PIECES  # what rounding left
        paid = UNIT * PIECES
        principal = AdjustmentPart.objects.filter(component="Principal").values_list("line")
        assert all(0 <= total <= paid for _, total in principal.annotate(total=Sum("amount_minor")))
        moved = {
            (kind, cause): amount
            for kind, cause, amount in Journal.objects.values_list("kind", "cause", "amount_minor")
        }
        for one in Adjustment.objects.all():
            assert moved.get(("refund", one.public_id), 0) == one.refunded_minor
            assert moved.get(("release", one.public_id), 0) == one.released_minor
            assert one.refunded_minor + one.released_minor == one.amount_minor > 0


def play(seed, steps):
    """That many steps of one world; how many operations they were."""
    world, chance = Money(), random.Random(seed)
    for _ in range(steps):
        world.act(chance)
    return world.count
