"""phishing.hidden_link: a link that shows one address and leads to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Reading
from comity_policy.text.patterns import pattern

# What is shown, and where it leads, in HTML and in Markdown.
_LINKS = (
    pattern(r"<\s*a\s[^<>]*?href\s*=\s*[\"']?(?P<to>[^\"'\s<>]+)[^<>]*>(?P<shown>[^<>]*)<\s*/\s*a\s*>"),
    pattern(r"\[(?P<shown>[^\]\n]+)\]\((?P<to>[^)\s]+)\)"),
    pattern(r"\[url=(?P<to>[^\]\s]+)\](?P<shown>[^\[\n]+)\[/url\]"),
)
_HOST = pattern(r"(?:[a-z]+://)?(?:[^/@\s]*@)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)")


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield links whose words name another host than their target."""
    for wanted in _LINKS:
        for match in wanted.finditer(reading.folded.text):
            shown, to = _host(match.group("shown")), _host(match.group("to"))
            if shown and to and not _is_within(to, shown):
                yield Span(*reading.folded.span(*match.span()), detail=to)


def _host(text: str) -> str:
    match = _HOST.search(text)
    return match.group(1) if match else ""


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


RULE = Rule(
    id="phishing.hidden_link",
    title="A link that leads elsewhere than it says",
    since="2026.2",
    source=("S68", "S69"),
    why="Who hides where a link leads has a reason to.",
    reasons={"plain": "This shows one address and leads to another: {}."},
    advice="Leave it out. If you received this, do not follow the link: report the message.",
    gate=(r"<\s*a\s", r"\]\(", r"\[url="),
    find=find,
    flagged=(
        'Pay at «<a href="https://pay-amazon.top/x">www.amazon.com</a>»',
        "See «[amazon.com/orders](https://bit.ly/3xYz)»",
        "«[url=http://evil.example.net]help.etsy.com[/url]»",
        "«<A HREF='http://amazon.com.login.ru/'>https://amazon.com</A>»",
        "«[ｅｂａｙ.com](http://ebay-cases.info)»",
    ),
    accepted=(
        'See <a href="https://www.ups.com/track">ups.com</a>',
        "See [tracking](https://www.ups.com/track)",
        "[ups.com](https://track.ups.com/1Z)",
        "It is [L] (the large one) or [M](see above).",
        "The file manual.pdf (see [1]) is attached.",
    ),
    known_miss=("Pay at «www.amazon.com» (the blue words go to my page)",),
)
