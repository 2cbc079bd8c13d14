"""contact.handle: an account on a messenger or social network, given or asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading

_APP = (
    r"(?:whats ?app|whatsap|wh?atsup|wazzup|watsap|wassap|tele ?gram|we ?chat|weixin|insta(?:gram)?|face ?book|fb|messenger|viber|skype|discord|"
    r"snap ?chat|tik ?tok|kakao ?talk|kakao|imessage|facetime|linkedin|twitter|zalo|ig|pinterest|qq)"
)
# Names that are also ordinary words count only with an account or an invitation beside them.
_WORD_APP = r"(?:signal|line|threads|snap|zoom|kik|teams|vx|vk)"
_ANY = rf"(?:{_APP}|{_WORD_APP})"
_HANDLE = r"@[a-z0-9][a-z0-9_.]{2,}"
_REACH = r"(?:add|message|msg|text|txt|write|dm|pm|find|follow|contact|reach|hit|ping|chat|talk|speak|call|look|search|send|see|join|hmu|catch|get|buzz|check)"
_THING = (
    r"\binsta-\w|\b(?:sticker|stickers|frame|logo|cutout|key|cable|yarn|paint|poster|holder|mug|cushion|pillow|dryer|case|camera|lens|"
    r"ring light|charger|instant|cover|mount|stand|icon|sign|button)\b"
)
_PHRASES = (
    Phrase(rf"\b(?P<hit>{_APP}:? ?[a-z0-9]+(?:[._][a-z0-9]+)+)\b", unless=_THING),
    Phrase(
        rf"\b{_REACH}\b[^,;]{{0,40}}?\b(?:on|over|via|through|by|at|in|using|to|with) (?P<hit>(?:my |our |the |your )?{_APP}\b(?: ?(?:is|:|as|at|under|-|id|,)* ?{_HANDLE})?)",
        unless=_THING,
    ),
    Phrase(rf"(?P<hit>\b{_APP}\b,? ?(?:is |it's |: ?|- ?|at |as |id |name |under |me )*{_HANDLE})"),
    Phrase(rf"(?P<hit>{_HANDLE},? (?:on|in|at|via) (?:the )?{_ANY})\b"),
    Phrase(
        rf"\b(?:my|our|your|ur) (?P<hit>{_APP}(?: (?:id|name|account|handle|page|number|group|channel))?)\b",
        unless=_THING,
    ),
    Phrase(rf"\b(?P<hit>{_ANY} ?(?:id|handle|name|user ?name|account)? ?: ?[a-z0-9][a-z0-9_.]{{3,}})"),
    Phrase(rf"\b(?P<hit>{_APP} (?:id|handle|username|account|name)\b(?: is)?(?: @?[a-z0-9_.]{{4,}})?)", unless=_THING),
    Phrase(
        rf"\b(?:i'?m|we'?re|i am|we are|are you|r u|you|u) (?:also )?(?:on|in|at) (?P<hit>{_APP}(?: as @?[a-z0-9_.]{{3,}})?)\b",
        unless=_THING,
    ),
    Phrase(rf"\b(?:do|have) (?:you|u) (?:have|got|use) (?P<hit>{_APP})\b", unless=_THING),
    Phrase(
        rf"\b(?:add|message|msg|text|write|dm|find|follow|contact|reach|chat with|talk to|get|call) (?:me|us|you)(?: up)? (?:on|over|via|through|by|in) (?P<hit>{_WORD_APP})\b(?: as @?[a-z0-9_.]+)?"
    ),
    Phrase(rf"\b(?P<hit>{_APP} (?:me|us|you))\b"),
    Phrase(r"\b(?P<hit>follow (?:us|me) on (?:social media|socials|our socials))\b"),
    Phrase(
        r"(?:^|[\s(:,\"])(?P<hit>@[a-z0-9]*[a-z][a-z0-9_.]*(?:[_.][a-z0-9]|[0-9])[a-z0-9_.]*)",
        form="unsure",
        unless=r"@[a-z0-9.]*v\b|@ ?\d",
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield accounts, app names in an invitation, and bare @names."""
    yield from reading.phrases(_PHRASES)


RULE = Rule(
    id="contact.handle",
    title="Messenger or social network account",
    since="2026.1",
    source=("S20", "S24", "S86"),
    why=(
        "An account elsewhere moves the conversation to where nothing is on record and strangers can pose as "
        "either side. Pictures, questions and answers all have their place in the conversation here."
    ),
    reasons={
        "plain": "This points to an account on another service. Buyer and seller write to each other here only.",
        "unsure": "This may be an account name on another service.",
    },
    advice="Remove the account and the name of the other service, and go on in this conversation.",
    gate=(rf"\b{_APP}\b", rf"\b{_WORD_APP}\b", r"@[a-z0-9]", r"social"),
    find=find,
    yields_to=frozenset({"contact.email", "contact.phone", "link.external"}),
    flagged=(
        "Add me on «WhatsApp» and we settle it.",
        "My «Telegram» is quicker.",
        "See «@tallowandtwine on Instagram» for more.",
        "«W.e.C.h.a.t id yangmold88»",
        "Reach me on «Signal» instead.",
        "DM me on «1nstagram»",
        "Follow «@glow_line.shop» for more",
    ),
    accepted=(
        "The signal cable is 2 m, the washing line 20 m.",
        "There is a little discord between the two colours.",
        "The Instagram frame is 100 x 70 cm.",
        "I can't use WhatsApp, please write here.",
        "it won't charge @home or @work",
        "The zoom lens fits, the line dryer too.",
    ),
    known_miss=("You find us on the «app with the paper plane».",),
)
