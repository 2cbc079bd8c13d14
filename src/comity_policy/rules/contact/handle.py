"""contact.handle: an account on a messenger or social network, given or asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.text.masks import words_of

_APP = (
    r"(?:whats ?app|whats ?ap|what'?s ?app|wats ?app|watsap|wassap|whatsup app|whats epp|vvhats ?app|wazz?up|guasap|wapp|tele ?gram|te[li]egram|"
    r"we ?chat|vee-?chat|weixin|wei xin|insta|insta ?gram|inzta|instagramm|iinstagram|snstagram|face ?book|f\.? ?book|fb|messenger|viber|skype|"
    r"discord|snap ?chat|tik ?tok|tick-?tock app|kakao ?talk|kakao|imessage|facetime|linkedin|twitter|zalo|ig|pinterest|reddit|mastodon|"
    r"bluesky|qq|tumblr|weibo|onlyfans|patreon|substack)"
)
# Names that are also ordinary words count only with an account or an invitation beside them.
_WORD_APP = r"(?:signal|line|threads|snap|zoom|kik|teams|vx|vk|twitch|you ?tube|psn)"
_ANY = rf"(?:{_APP}|{_WORD_APP})"
_HANDLE = r"(?:@|[(\[]a(?:t)?[)\]]) ?[a-z0-9][a-z0-9_.]{2,}"
# An account, as it stands behind the name of an app: "id is lin_88", "under Ann Lind", "= ann.lind".
_ACCOUNT = r"(?:[ ,:=>(-]{0,4}(?:my |our )?(?:id|user ?name|name|handle|nick|account|under|as)(?: is|'s)?[ :=]{1,3}@?[a-z0-9_.-]{3,})"
# An app or site that is not named but described.
_COLOURED = r"(?:green|blue|yellow|white|purple|red|pink|black|orange)"
_DRAWN = r"(?:paper ?-?(?:air|aero)?planes?|aeroplanes?|white phone|handset|receiver|ghost|bird|bubbles?|lightning|bolt|(?:two |grey |blue )+ticks|square (?:photos?|pictures?)|speech bubble)"
_DESCRIBED = (
    rf"(?:{_COLOURED} (?:chat |message )?(?:app|messenger|bird|ghost|bubble|one with the (?:phone|bubble|plane))(?: with (?:the|a) [a-z ]{{3,30}})?"
    rf"|(?:{_DRAWN}[ -]|the bird )(?:app|messenger|site|network)|(?:app|messenger|site|network|platform|one) (?:with|that'?s|which has) (?:the |a |an )?(?:\w+ ){{0,4}}?{_DRAWN}"
    rf"|(?:big )?blue f\b|(?:the )?book of faces|(?:site|app|network|place) (?:that )?zuck\w* (?:built|made|owns)|zuck\w*'?s (?:app|site|place|network)|the '?gram)"
)
# "Add me", "my id" and the like, where blanks part no words or other letters are used.
_ADD_ELSEWHERE = (
    r"(?:加|添加|搜|扫|找我|联系|聯繫|聯絡|发我|追加|登録|交換|検索|連絡|추가|친구|연락|검색|주세요|напиш|пиш|добав|найд|свяж|скин|звон|أضف|تواصل|راسل|ضيف|تعال|"
    r"הוסיפ|תוסיפ|כתב|γραψ|στειλ|προσθ|जोड|मैसेज|เพิ่ม|แอด|ทัก)"
)
_REACH = r"(?:add|message|msg|text|txt|write|dm|pm|find|follow|contact|reach|hit|ping|chat|talk|speak|call|look|search|send|see|join|hmu|catch|get|buzz|check)"
_MADE = (
    r"(?:sticker|stickers|frame|logo|cutout|key|cable|yarn|paint|poster|holder|mug|cushion|pillow|dryer|case|camera|lens|"
    r"ring light|charger|instant|cover|mount|stand|icon|sign|button)\b"
)
# A thing with the name on it stands right beside the name: "in that case add me on …" is no case.
_THING = (
    rf"\binsta(?:gram)?-\w|\b{_ANY}\W{{1,2}}(?:[a-z]+ ){{0,2}}?{_MADE}"
    rf"|\b{_MADE}\W{{1,2}}(?:\w+ ){{0,2}}?(?:of|for|with|like|in|from|as|to|that|which|saw|seen|says|shows|you|i) (?:\w+ ){{0,3}}?{_ANY}\b"
)
_ON = r"(?:on|over|via|through|by|at|in|using|to|with|en|no|su|auf|sur|bei|per|por|pelo|par|uber)"
_FIND = (
    r"(?:busca\w*|encuentr\w*|escrib\w*|escrev\w*|fal[ae]\w*|agreg\w*|sig[ua]\w*|manda\w*|me chama|chama\w*|adicion\w*|procur\w*|segu\w*|siga|schreib\w*|folg\w*|adde?|find\w*|"
    r"kommen sie|komm|ecri\w*|ajout\w*|rejoin\w*|suiv\w*|retrouv\w*|trouv\w*|contact\w*|scriv\w*|aggiung\w*|cerca\w*|trova\w*|contatt\w*|unisciti|me acha)"
)
_PHRASES = (
    Phrase(rf"{_ADD_ELSEWHERE}[^.;!?\n]{{0,20}}?\b(?P<hit>(?:{_APP}|{_WORD_APP}))\b"),
    Phrase(rf"\b(?P<hit>(?:{_APP}|{_WORD_APP}))\b[^.;!?\n]{{0,20}}?{_ADD_ELSEWHERE}"),
    Phrase(
        rf"\b(?:on|over|in|into|via|through|use|using|at|to|under|with) (?:the |that |our |my |your |this )?(?:\w+ )?(?P<hit>{_DESCRIBED})",
        form="unsure",
        unless=r"\b(?:listing|drawing|design|print|poster|sticker|card|mug|shirt)\b",
    ),
    Phrase(
        r"\b(?:i'?m|we'?re|i am|we are|u r|r u|you'?re|are you|find (?:me|us)|it'?s|handle|name)\b[^;]{0,25}?\bon the (?P<hit>(?:camera|clock|bird|photo|picture|ghost|plane|music|dance) app)\b",
        form="unsure",
    ),
    Phrase(r"\b(?P<hit>(?:ig|fb|insta|snap|yt|tik ?tok)\b ?[^\x00-\x7f]{1,3} ?[a-z0-9][a-z0-9._]{2,})", form="unsure"),
    Phrase(
        r"\b(?P<hit>(?:same (?:user ?name|name|handle|nick\w*) (?:on |over |up )?(?:there|everywhere|on all)|(?:user ?name|handle|nick\w*|name) (?:is|'s)(?: exactly)? the same (?:over |up )?(?:there|everywhere)))\b",
        form="unsure",
    ),
    Phrase(
        rf"\b(?:what(?:'s| is)|whats|wats|what) (?:your|ur|ya|yr)\b[^;]{{0,20}}?\b(?:or|and|/) (?:your |ur )?(?P<hit>{_APP})\b",
        unless=_THING,
    ),
    Phrase(r"\b(?P<hit>what(?:'?s| is) (?:your|ur|ya|yr) (?:gamer ?tag|psn|steam|insta(?:gram)?|snap|tik ?tok))\b"),
    Phrase(r"\bwhat(?:'?s| is) (?:your|ur|ya|yr) (?P<hit>[!1|]g)\b"),
    Phrase(rf"(?P<hit>{_HANDLE},? (?:on|in|at|via) (?:the )?[!1|i]g)\b"),
    Phrase(
        rf"\b(?:pls|plz|please|rather|better|quicker|easier|faster|catch|confirm) (?:\w+ ){{0,2}}?(?:via|over|per|thru|through|on) (?P<hit>{_APP})\b",
        unless=_THING,
    ),
    Phrase(rf"\b(?:my|our) (?P<hit>{_WORD_APP})\b[^;]{{0,30}}?[:=>] ?[a-z0-9]+(?:[._-][a-z0-9]|[0-9])[a-z0-9._-]*"),
    Phrase(rf"\b(?P<hit>{_APP}{_ACCOUNT})", unless=_THING),
    Phrase(r"\bfollow (?:me|us)(?: at| as| under| on|:) (?P<hit>[a-z0-9]+[._][a-z0-9_.]+)\b", form="unsure"),
    Phrase(rf"\b(?P<hit>{_ANY} ?[:=>]+ ?@?[a-z0-9]+[._-][a-z0-9._-]+)"),
    Phrase(r"\b(?P<hit>(?:my|our) (?:you ?)?tube (?:channel|page|name|account)(?: is)?(?: [a-z0-9._]{4,})?)\b"),
    Phrase(
        rf"\b{_FIND}\b[^;]{{0,40}}?\b(?:{_ON} )?(?P<hit>(?:unsere?r? |mein\w* |nuestro |notre |nosso |il nostro |meu |mi |mon )?{_APP})\b",
        unless=_THING,
    ),
    Phrase(
        rf"\b(?:do|have) (?:you|u|ya)\b[^;]{{0,12}}?\b(?:have|got|use)\b[^;]{{0,6}}?\b(?P<hit>(?:an? )?{_APP})\b",
        unless=_THING,
    ),
    Phrase(rf"\b(?P<hit>(?:you|u|are you|r u|im|i'm|i am|we are|we're) (?:also )?on {_APP})\b", unless=_THING),
    Phrase(
        rf"\b(?P<hit>{_APP} ?(?:id|handle|name|tag|user ?name|account)?\W{{1,4}}(?:id |is )?[a-z][a-z0-9]*(?:[._#-][a-z0-9_.-]+|[0-9]+[a-z0-9_.]*))",
        unless=_THING,
    ),
    Phrase(
        rf"\b(?P<hit>{_WORD_APP}(?: id)? ?[:=>]+ ?[a-z][a-z0-9]*(?:[._#-][a-z0-9_.-]+|[0-9]+[a-z0-9_.]*))",
        unless=_THING,
    ),
    Phrase(rf"\b(?P<hit>(?:what(?:'s| is)|whats|wats) (?:your|ur|ya|yr) {_ANY})\b"),
    Phrase(r"\b(?P<hit>(?:on|my) (?:steam|psn|xbox live|gamertag|roblox)\W{1,3}[a-z0-9_]{4,})\b", form="unsure"),
    Phrase(r"\b(?P<hit>u/[a-z0-9_-]{3,})\b", form="unsure"),
    Phrase(
        rf"\b(?P<hit>[a-z0-9_.]{{4,}} on {_ANY})\b(?: when| if| or|$)",
        unless=_THING + r"|\bi (?:saw|found)\b",
        form="unsure",
    ),
    Phrase(
        r"(?P<hit>\b[a-z0-9_.]{3,} ?#\d{4}\b)",
        form="unsure",
        unless=r"\b(?:order|invoice|item|model|part|case|ticket|ral|pantone|bestell|colou?r|sku|ref)",
    ),
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
    Phrase(rf"\b(?P<hit>{_APP} ?(?:id|handle|name|user ?name|account)? ?: ?[a-z0-9][a-z0-9_.]{{3,}})"),
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
    """Yield accounts, app names in an invitation or in disguise, and bare @names."""
    yield from reading.phrases(_PHRASES)
    yield from reading.hidden("app")


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
    gate=(*_PHRASES, words_of("app")),
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
        "In that case add me on «WhatsApp».",
        "Add me on «WhatsApp», it is not a problem.",
        "I got your message, add me on «WhatsApp».",
        "Escreva no «WhatsApp».",
        "You find us on the «app with the paper plane».",
        "we do it via «v1ber»",
        "加我«微信»看图",
        "напишите мне в «Телеграмме»",
    ),
    accepted=(
        "Telegram Green is one of our colour names.",
        "The signal cable is 2 m, the washing line 20 m.",
        "There is a little discord between the two colours.",
        "The Instagram frame is 100 x 70 cm.",
        "I can't use WhatsApp, please write here.",
        "Somebody asked me to add them on WhatsApp.",
        "The case I saw on Instagram is green.",
        "I saw your poster on Instagram",
        "it won't charge @home or @work",
        "The zoom lens fits, the line dryer too.",
    ),
    known_miss=("On the network for people in suits I am «the only Ann Lind».",),
)
