"""form.markup: more than plain text: tags, pictures, tracking pixels, styling, emoji."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Reading
from comity_policy.rules._messages_only import messages_only
from comity_policy.text.patterns import pattern

_TAG_NAME = (
    r"(?:a|abbr|article|b|base|big|blockquote|body|br|button|center|code|div|em|embed|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|"
    r"input|label|li|link|main|meta|object|ol|option|p|pre|s|script|section|select|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|"
    r"textarea|th|thead|title|tr|tt|u|ul|video)"
)
_IMAGE = r"<\s*(?:img|image|picture|source)\b[^<>]*>|!\[[^\]\n]*\]\([^)\n]+\)|\[img\][^\[\n]*\[/img\]"
_TAG = pattern(
    rf"</?{_TAG_NAME}(?:\s+[a-z-]+\s*=[^<>]*)?\s*/?>|\[(?:/(?:b|i|u|url|color|size|center)|(?:url|color|size)=[^\]\n]*)\]"
)
_PICTURE = pattern(_IMAGE)
_PIXEL = pattern(
    r"<\s*img\b[^<>]*(?:(?:width|height)\s*[=:]\s*[\"']?\s*[01](?:px)?[\"'\s;/>]|display\s*:\s*none|visibility\s*:\s*hidden)[^<>]*>?"
)
_LOGO = pattern(rf"<\s*a\s[^<>]*>\s*(?:{_IMAGE})|\[\s*!\[[^\]\n]*\]\([^)\n]+\)\s*\]\([^)\n]+\)")
_STYLE = pattern(
    r"\b(?:style|align|bgcolor|face)\s*=\s*[\"'][^\"'<>]*[\"']|<\s*(?:font|center|style)\b[^<>]*>|"
    r"\b(?:font-family|font-size|line-height|text-align|margin(?:-left|-right)?)\s*:\s*[^;<>\n]+"
)
_EMOJI_SIGN = r"[\x{1f300}-\x{1faff}\x{2600}-\x{26ff}\x{2705}\x{270a}-\x{270c}\x{2728}\x{274c}\x{2753}-\x{2757}\x{2764}\x{2b50}\x{1f1e6}-\x{1f1ff}]"
_EMOJI = pattern(_EMOJI_SIGN)
_BREAKS = pattern(r"\n[ \t]*\n[ \t]*\n[\n \t]*")

# Whatever is not plain text.
MARKUP = (_PICTURE, _TAG)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield markup by its kind, emoji beyond the number allowed, and runs of more line breaks than allowed."""
    for form, wanted in (("pixel", _PIXEL), ("logo", _LOGO), ("picture", _PICTURE), ("style", _STYLE), ("plain", _TAG)):
        yield from reading.parts(wanted, form=form)
    emoji = list(reading.parts(_EMOJI, form="emoji"))
    yield from emoji[parameters["emoji"] :]
    for run in reading.parts(_BREAKS, form="breaks"):
        if reading.draft.text.count("\n", run.start, run.end) > parameters["breaks"]:
            yield run


RULE = Rule(
    id="form.markup",
    title="More than plain text",
    since="2026.2",
    source=("S25", "S63", "S68"),
    why=(
        "Pictures and tags can hide where a link leads, tell the sender when a message was opened, or carry an "
        "advertisement. Plain words reach everybody, also those to whom they are read aloud."
    ),
    reasons={
        "plain": "Messages are plain text: this is markup.",
        "picture": "This puts a picture into the text.",
        "pixel": "This is a hidden picture that tells when the message is opened.",
        "logo": "This is a picture that leads to another site.",
        "style": "This styles the text.",
        "emoji": "More emoji than a message may have.",
        "breaks": "More empty lines than a message may have.",
    },
    advice="Write plain words; add pictures and documents as files.",
    gate=(
        r"<\s*/?\s*[a-z]|\[/?(?:b|i|u|url|color|size|center|img)\b|!\[|\]\(|style\s*=|font-|text-align|line-height|margin",
        _EMOJI_SIGN,
        r"\n[ \t]*\n[ \t]*\n",
    ),
    find=messages_only(find),
    parameters={"emoji": int, "breaks": int},
    flagged=(
        "It is «<b>»important«</b>».",
        "Look: «<img src='lamp.png'>»",
        "Thank you «<img src='x.gif' width='1' height='1'>»",
        "«<a href='/shop'><img src='logo.png'>»«</a>» Yours, Ann",
        "See «![lamp](lamp.png)» please",
        "«<font color='red'>»Read this«</font>»",
        "One.«\n\n\n\n»Two.",
    ),
    accepted=(
        "It fits if a < b and b > c, love <3 Ann",
        "Size <M> or <L>?",
        "One.\n\nTwo.",
        "Thank you! 🙂",
        "The style = modern one, 40 x 60.",
        "[b] is the lower shelf, (c) the upper one.",
    ),
    known_miss=("It is «*important*».",),
)
