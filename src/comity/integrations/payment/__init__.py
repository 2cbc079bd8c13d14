"""Payment providers. Which one is the environment's word: ``COMITY_PAYMENTS``.

A provider is asked outside of any transaction, as often as it takes, with the same key each time: the same key has one
effect. Amounts are minor units of ISO 4217; an adapter turns them into what its provider counts in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Deed = Literal["capture", "release", "refund"]


class ProviderDown(Exception):
    """No answer could be had, or none that is final; the same may be asked again. Says what, never whose."""


class ProviderRefuses(Exception):
    """The provider will not do this, however often it is asked. Says why, in a few words of its own."""


class KeySpent(ProviderRefuses):
    """The provider answers that key with an error of its own for ever: what came of it is not known."""


class BadNotice(Exception):
    """A notice that is not the provider's, is too old, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the provider is to do.

    key             once for each deed, however often it is asked for
    authorisation   the provider's own id of what the buyer agreed to pay
    final           nothing more will be taken: what is left of the authorisation is let go
    """

    key: str
    deed: Deed
    authorisation: str
    amount_minor: int
    currency: str
    final: bool


@dataclass(frozen=True, slots=True)
class Mandate:
    """What a buyer agreed to have taken while they are not there: an amount, held until what it is for has left.

    subject         what it is for, whichever key it is asked for with
    key             once for each time that it is to be tried
    customer        the provider's own ids of the buyer …
    method          … and of how the buyer pays
    since           when ``subject`` was first asked for
    """

    subject: str
    key: str
    customer: str
    method: str
    amount_minor: int
    currency: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What the provider has taken for an authorisation so far, and given back of it; its currency, where it tells."""

    captured_minor: int
    refunded_minor: int
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the provider tells by itself: a bank took money back, or gave it again; a refund did not arrive.

    ``cause``: the provider's own id of that, ``key``: of the deed that did not arrive, empty for one of others.
    ``currency``: empty where the provider knows of no other than the order's.
    """

    kind: Literal["chargeback", "reversal", "failed"]
    authorisation: str
    amount_minor: int
    cause: str
    key: str = ""
    currency: str = ""


class Provider(Protocol):
    """Moves money for the marketplace."""

    name: str

    def carry_out(self, wanted: Instruction) -> str:
        """Do it, once for its key, and return the provider's id of it. Raises ``ProviderDown``, ``ProviderRefuses``."""
        ...

    def standing(self, authorisation: str) -> Standing | None:
        """What it has on its own books; None where it keeps none. Raises as ``carry_out`` does."""
        ...

    def authorise(self, wanted: Mandate) -> str:
        """Hold the amount, once for its key; the provider's id of that, as an order is charged with. Moves no money.

        Raises as ``carry_out`` does; what is refused is never held, but after ``KeySpent`` it may be.
        """
        ...

    def held(self, wanted: Mandate) -> str:
        """The id of what is held for the subject, whichever key it was asked for with; empty where nothing is."""
        ...

    def let_go(self, wanted: Mandate) -> None:
        """Let go of all that is held for the subject, and of what somebody could still make of a refusal."""
        ...

    def read_notice(self, body: bytes, signature: str, *, now: datetime) -> Notice | None:
        """What a notice says; None for one that changes nothing here. Raises ``BadNotice``."""
        ...


class Book:
    """Writes down and asks nobody: the marketplace moves the money elsewhere."""

    name = "book"

    def carry_out(self, wanted: Instruction) -> str:
        """Nothing to do."""
        return wanted.key

    def standing(self, authorisation: str) -> Standing | None:
        """No books of its own."""
        del authorisation
        return None

    def authorise(self, wanted: Mandate) -> str:
        """Nothing to hold."""
        del wanted
        return ""

    def held(self, wanted: Mandate) -> str:
        """Nothing is."""
        del wanted
        return ""

    def let_go(self, wanted: Mandate) -> None:
        """Nothing to let go."""

    def read_notice(self, body: bytes, signature: str, *, now: datetime) -> Notice | None:
        """Nobody writes to it."""
        del body, signature, now
        raise BadNotice("there is no payment provider that would write")
