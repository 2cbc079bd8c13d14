"""A shop with as many conversations as wanted, and people at its desks who are signed in."""

from dataclasses import dataclass
from itertools import count

from django.test import Client

from comity.accounts.models import OperatorStaff, Staff
from tests import factories
from tests.messaging.desk import Desk

keys = count(1)


@dataclass
class Shop:
    """One seller; ``desks`` are its orders with their buyers, in the order in which they were made."""

    seller: object
    owner: object
    admin: object
    desks: list

    @property
    def market(self):
        return self.seller.marketplace

    def another(self, **order_fields):
        """A further buyer with an order of their own."""
        person = factories.buyer(self.market)
        order = factories.order(person, self.seller, **order_fields)
        self.desks.append(Desk(order, person, self.owner, self.admin))
        return self.desks[-1]

    def at(self, path=""):
        return f"/{self.market.slug}/sell/{self.seller.public_id}/{path}"

    def operate(self, path=""):
        return f"/{self.market.slug}/operate/{path}"


def make_shop():
    seller = factories.seller()
    return Shop(seller, factories.staff(seller), factories.operator(seller.marketplace), [])


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def reader_of(shop):
    return factories.staff(shop.seller, role=Staff.Role.READ_ONLY)


def with_role(shop, role):
    return factories.operator(shop.market, role=OperatorStaff.Role(role))


def form(text="On its way.", **fields):
    """What the composer posts."""
    return {"text": text, "key": f"form-{next(keys)}", **fields}
