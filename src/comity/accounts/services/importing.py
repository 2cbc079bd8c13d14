"""Marketplaces, sellers and buyers from a file. A batch is applied in the transaction of its caller.

A row creates what its external id does not name yet and changes what differs; a field that a row leaves empty
stays as it is. Nobody is told anything.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.hashers import make_password

from comity.accounts.models import Buyer, Marketplace, OperatorStaff, Seller, Staff, User
from comity.common import import_values as values
from comity.common.crypto import lookup_digest
from comity.common.ids import new_id
from comity.common.import_writes import Changes
from comity.common.imports import Field, Raw, Refusal, Row

EXTERNAL_ID = Field(
    "external_id", values.text(100), "Your own id, once in a file; a later file with it changes the row", required=True
)
LANGUAGE = Field("language", values.language, "Language tag such as en or pt-BR; the marketplace's unless given")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# First path segments that mean something else; see web.urls.
_RESERVED = frozenset(
    (
        "admin",
        "api",
        "design",
        "download",
        "healthz",
        "hooks",
        "mailbox",
        "media",
        "readyz",
        "sign-in",
        "sign-out",
        "static",
        "theme",
    )
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the rows of a file belong. ``marketplace`` is None only for a file of marketplaces."""

    marketplace: Marketplace | None
    source: str
    live: bool
    now: datetime

    @property
    def home(self) -> Marketplace:
        """The marketplace of every kind that needs one."""
        if self.marketplace is None:
            raise LookupError("this kind of file belongs to a marketplace")
        return self.marketplace

    def make(self, model: type[Any], prefix: str, **fields: Any) -> Callable[[str], Any]:
        """A maker of new instances of ``model`` with their ids and their place filled in."""

        def make(external_id: str) -> Any:
            return model(
                marketplace=self.home,
                source=self.source,
                external_id=external_id,
                public_id=new_id(prefix, self.now),
                **fields,
            )

        return make

    def known(self, model: type[Any], external_ids: Iterable[str]) -> dict[str, Any]:
        """The rows of ``model`` with these external ids, one query."""
        found = model.objects.filter(marketplace=self.home, source=self.source, external_id__in=set(external_ids))
        return {one.external_id: one for one in found}


@dataclass(slots=True)
class Outcome:
    """What became of a batch. ``warnings``: of rows that are applied, what their sender should know all the same."""

    applied: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    warnings: list[Refusal] = field(default_factory=list)

    def count(self, rows: int, changed: int) -> None:
        """Of ``rows`` good rows ``changed`` made a difference."""
        self.applied += changed
        self.unchanged += rows - changed

    def refuse(self, *refusals: Refusal) -> None:
        """One row is not applied, for one or more reasons."""
        self.refused += 1
        self.refusals += refusals


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: its fields, what names a row, and how a batch is applied.

    ``columns`` and ``fold`` are for a kind whose rows are nested: the columns of its CSV form, and what makes
    nested rows of them.
    """

    name: str
    fields: tuple[Field, ...]
    apply: Callable[[list[Row], Scope], Outcome]
    key: tuple[str, ...] = ("external_id",)
    columns: tuple[Field, ...] = ()
    fold: Callable[[Iterator[Raw]], Iterator[Raw]] | None = None


def _slug(raw: Any) -> str:
    clean = raw.strip() if isinstance(raw, str) else ""
    if len(clean) > 50 or not _SLUG.fullmatch(clean) or clean in _RESERVED:  # noqa: PLR2004 - the column's length
        sentence = "is no free address; take up to 50 of a-z, 0-9 and single hyphens, such as north-market."
        raise values.BadValue("bad_slug", sentence)
    return str(clean)


def users_for(people: dict[str, tuple[str, str, str]], now: datetime) -> dict[str, User]:
    """The user of each e-mail address, by its look-up digest; those missing are created and sign in by link.

    ``people``: digest -> (address, name, language).
    """
    found = {user.email_lookup: user for user in User.objects.filter(email_lookup__in=people)}
    fresh = [
        User(
            public_id=new_id("usr", now),
            email=address,
            email_lookup=digest,
            name=name,
            language=language,
            joined_at=now,
            password=make_password(None),
        )
        for digest, (address, name, language) in people.items()
        if digest not in found
    ]
    User.objects.bulk_create(fresh)
    return found | {user.email_lookup: user for user in fresh}


def apply_marketplaces(rows: list[Row], scope: Scope) -> Outcome:
    """Create or change marketplaces by slug, and seat their first administrator."""
    known = {one.slug: one for one in Marketplace.objects.filter(slug__in=[row.values["slug"] for row in rows])}
    changes = Changes(Marketplace)
    seats = []
    for row in rows:
        given = {name: value for name, value in row.values.items() if name not in ("slug", "admin_email")}
        slug = row.values["slug"]
        made = changes.put(known.get(slug), given, partial(_new_marketplace, slug, scope))
        seats.append((made, row.values.get("admin_email")))
    changes.save()
    touched = changes.touched | _seat(seats, OperatorStaff, "marketplace", OperatorStaff.Role.ADMIN, scope.now)
    outcome = Outcome()
    outcome.count(len(rows), len(touched))
    return outcome


def _new_marketplace(slug: str, scope: Scope) -> Marketplace:
    return Marketplace(slug=slug, public_id=new_id("mkt", scope.now))


def apply_sellers(rows: list[Row], scope: Scope) -> Outcome:
    """Create or change sellers, and seat their first owner."""
    known = scope.known(Seller, [row.values["external_id"] for row in rows])
    make = scope.make(Seller, "sel", language=scope.home.language, time_zone=scope.home.time_zone)
    changes = Changes(Seller)
    seats = []
    for row in rows:
        given = {name: value for name, value in row.values.items() if name not in ("external_id", "owner_email")}
        external_id = row.values["external_id"]
        made = changes.put(known.get(external_id), given, partial(make, external_id))
        seats.append((made, row.values.get("owner_email")))
    changes.save()
    touched = changes.touched | _seat(seats, Staff, "seller", Staff.Role.OWNER, scope.now)
    outcome = Outcome()
    outcome.count(len(rows), len(touched))
    return outcome


def _seat(places: list[tuple[Any, str | None]], model: type[Any], place: str, role: str, now: datetime) -> set[Any]:
    """Give each named person a seat at their place, unless they have one; return the places that got one."""
    wanted = {(lookup_digest(address), at): address for at, address in places if address}
    people = {
        digest: (address, address.partition("@")[0][:120], at.language) for (digest, at), address in wanted.items()
    }
    users = users_for(people, now)
    taken = set(model.objects.filter(user__in=users.values()).values_list("user_id", f"{place}_id"))
    missing = [(users[digest], at) for digest, at in wanted if (users[digest].pk, at.pk) not in taken]
    model.objects.bulk_create([model(user=user, role=role, **{place: at}) for user, at in missing])
    return {at for _, at in missing}


def apply_buyers(rows: list[Row], scope: Scope) -> Outcome:
    """Create or change buyers; an e-mail address gives its buyer a user, who signs in by link."""
    outcome = Outcome()
    owners = _owners_of_addresses(rows, scope)
    good = [row for row in rows if not _address_taken(row, owners, scope, outcome)]
    users = users_for(_people(good, scope), scope.now)
    known = scope.known(Buyer, [row.values["external_id"] for row in good])
    make = scope.make(Buyer, "buy", language=scope.home.language)
    changes = Changes(Buyer)
    for row in good:
        given = {name: value for name, value in row.values.items() if name != "external_id"}
        if "email" in given:
            digest = lookup_digest(given["email"])
            given |= {"email_lookup": digest, "user_id": users[digest].pk}
        external_id = row.values["external_id"]
        changes.put(known.get(external_id), given, partial(make, external_id))
    changes.save()
    outcome.count(len(good), len(changes.touched))
    return outcome


def _people(rows: list[Row], scope: Scope) -> dict[str, tuple[str, str, str]]:
    """The persons behind ``rows`` as ``users_for`` wants them."""
    return {
        lookup_digest(row.values["email"]): (
            row.values["email"],
            row.values["name"],
            row.values.get("language", scope.home.language),
        )
        for row in rows
        if "email" in row.values
    }


def _owners_of_addresses(rows: list[Row], scope: Scope) -> dict[str, tuple[str, str]]:
    """Which buyer of the marketplace each address of the batch belongs to already, as (source, external id)."""
    digests = [lookup_digest(row.values["email"]) for row in rows if "email" in row.values]
    found = Buyer.objects.filter(marketplace=scope.home, user__email_lookup__in=digests)
    owners = {
        digest: (source, ext)
        for digest, source, ext in found.values_list("user__email_lookup", "source", "external_id")
    }
    for row in rows:
        if "email" in row.values:
            owners.setdefault(lookup_digest(row.values["email"]), (scope.source, row.values["external_id"]))
    return owners


def _address_taken(row: Row, owners: dict[str, tuple[str, str]], scope: Scope, outcome: Outcome) -> bool:
    """Refuse a row whose address is another buyer's: one person has one seat as buyer in a marketplace."""
    if "email" not in row.values:
        return False
    owner = owners[lookup_digest(row.values["email"])]
    if owner == (scope.source, row.values["external_id"]):
        return False
    sentence = (
        f"belongs to buyer “{owner[1]}” of source “{owner[0]}” already; each buyer needs an address of their own."
    )
    outcome.refuse(row.refusal("email", "email_taken", sentence))
    return True


MARKETPLACES = Kind(
    "marketplaces",
    (
        Field("slug", _slug, "Its part of the address, such as north-market; names the row", required=True),
        Field("name", values.text(120), "What people call it", required=True),
        Field("language", values.language, "Language tag such as en or pt-BR; en unless given"),
        Field("time_zone", values.time_zone, "IANA name such as Europe/Berlin; UTC unless given"),
        Field("currency", values.currency, "ISO 4217 code; EUR unless given"),
        Field("trusted_domains", values.words(100), "Domains of the marketplace itself; links to them are allowed"),
        Field("admin_email", values.email, "E-mail address of its administrator, who signs in by link"),
    ),
    apply_marketplaces,
    key=("slug",),
)
SELLERS = Kind(
    "sellers",
    (
        EXTERNAL_ID,
        Field("name", values.text(120), "Name of the shop", required=True),
        LANGUAGE,
        Field("time_zone", values.time_zone, "IANA name such as Europe/Berlin; the marketplace's unless given"),
        Field("since_on", values.day, "Day on which the shop opened, 2026-02-28"),
        Field("owner_email", values.email, "E-mail address of the owner, who signs in by link"),
    ),
    apply_sellers,
)
BUYERS = Kind(
    "buyers",
    (
        EXTERNAL_ID,
        Field("name", values.text(120), "Name as sellers see it", required=True),
        Field("email", values.email, "E-mail address; with it the buyer can sign in by link"),
        LANGUAGE,
    ),
    apply_buyers,
)
