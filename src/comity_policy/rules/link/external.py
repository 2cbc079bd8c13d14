"""link.external: a web address outside the marketplace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._fulfilment import DEFAULTS, PARAMETERS, unless_needed
from comity_policy.text.addresses import HOSTS
from comity_policy.text.patterns import CHARACTER
from comity_policy.text.spoken import SIGN_WORDS

# A site that is described: "our brand, then a full stop and store", "tiny url slash rotten crate".
_PHRASES = (
    Phrase(
        r"\b(?:brand|shop'?s?|store|company|business|label|our|my)(?: name)?\b[^;]{0,60}?\b(?P<hit>(?:(?:a |the )?(?:full stop|dot|period|point)[ ,]+(?:and |then )?|dot-)(?:com|net|org|shop|store|co uk|co|uk|de|fr|farm|studio))\b",
        unless=r"\bdot (?:matrix|pattern|grid)\b|\b(?:shop|store) (?:is|was|has|closes|opens)\b",
    ),
    Phrase(rf"\b(?P<hit>(?:{'|'.join(HOSTS['short']['names'])}) ?(?:/|slash|and then) ?[a-z0-9]+(?: [a-z0-9]+)?)\b"),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield web addresses that neither the marketplace nor the rulebook trusts."""
    trusted = (*reading.context.trusted_domains, *parameters["carriers"], *parameters["pages"])
    for address in reading.addresses:
        if not address.is_within(trusted):
            yield Span(address.start, address.end)
    yield from reading.phrases(_PHRASES)


RULE = Rule(
    id="link.external",
    title="Link to another site",
    since="2026.1",
    source=("S20", "S37", "S61", "S69", "S80"),
    why=(
        "A link out can lead a buyer to a sale without protection, or to a page that steals a password. "
        "Only what is needed to receive the order, such as the carrier's tracking page, is let through."
    ),
    reasons={"plain": "This is a web address outside the marketplace."},
    advice="Remove the web address and say here what the reader would find there.",
    gate=(
        *_PHRASES,
        rf"\.[)\]]?[{CHARACTER}]",
        r" \. |[(\[]\.|://|&#46;|%2e",
        r"[a-z0-9],(?:com|net|org|shop|store|info|co,uk)\b|[a-z0-9]dot(?:com|net|org|shop|store)\b",
        r"\bwww\b",
        r"[(\[{<\"'*|/-]\s*(?:d[o0]t|pt)\s*[)\]}>\"'*|/-]",
        SIGN_WORDS,
    ),
    find=unless_needed(find),
    yields_to=frozenset({"contact.email"}),
    parameters={"carriers": list, "pages": list, **PARAMETERS},
    defaults=DEFAULTS,
    flagged=(
        "More colours on «www.bargainbarrow.net», or ask me here.",
        "Look at «https://cheapdrills.biz/p/88213» please",
        "It is on «nordhus-moebel.store»",
        "All my colours are on «larchlane dot com»",
        "Not the carrier: «ups.com.track-parcel.top/1Z»",
        "get it from «gristandmarrow (dot) com»",
        "Or «http://[2001:db8::5]/catalogue», same things",
        "See «ｐａｓｔｅｐｌｕｍ．ｏｒｇ／ｒ／４４１»",
        "Type our brand in the bar, then «a full stop and store».",
        "I put all photos on «tiny url slash rotten crate»",
        "Pay at «1.1.1.1/pay»",
    ),
    accepted=(
        "Track it on https://www.ups.com/track?tracknum=1Z999AA10123456784",
        "It arrived.It is broken. I paid today.Please answer.",
        "The file photo.zip and manual.pdf are attached, node.js is not needed.",
        "It is 5.com fortable and 2.5 m long, version 2.4.1",
        "Write to help@shop.example",
        "We are looking at the dot matrix.",
    ),
    known_miss=("The site is «the colour of snow and the country of cheese».",),
)
