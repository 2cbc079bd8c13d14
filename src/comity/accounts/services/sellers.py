"""Shops that the operator opens."""

from datetime import datetime

from django.db import IntegrityError

from comity.accounts.models import Marketplace, Organisation, Seller, User
from comity.accounts.services.trail import note
from comity.common import import_values as values
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.transactions import write


def create_seller(
    *,
    marketplace: Marketplace,
    name: str,
    language: str,
    time_zone: str,
    external_id: str = "",
    by: User,
    now: datetime,
) -> Seller:
    """A new shop of a company of the same name, without people yet. Raises ``Refused``.

    ``external_id`` is the number under which other systems know the shop; its public id where nothing is given.
    """
    typed = {
        "name": (values.text(120), name),
        "external_id": (values.text(100), external_id),
        "language": (values.language, language),
        "time_zone": (values.time_zone, time_zone),
    }
    fields: dict[str, str] = {}
    for field, (parse, raw) in typed.items():
        try:
            fields[field] = parse(raw)
        except values.BadValue as bad:
            label = field.replace("_", " ").capitalize()
            raise Refused(field, f"{label} {bad.faults[0].sentence}", field) from bad
    if not fields["name"]:
        raise Refused("name", "A shop has a name: buyers see it on every message.", "name")
    public_id = new_id("sel", now)
    fields["external_id"] = fields["external_id"] or public_id
    try:
        with write():
            company = Organisation.objects.create(public_id=new_id("org", now), name=fields["name"])
            seller = Seller.objects.create(
                marketplace=marketplace, organisation=company, public_id=public_id, since_on=now.date(), **fields
            )
            note(seller, "seller.created", by=by, now=now, seller=public_id)
    except IntegrityError as error:
        sentence = f"“{fields['external_id']}” is taken by another shop: choose another number, or leave it empty."
        raise Refused("external_id", sentence, "external_id") from error
    return seller
