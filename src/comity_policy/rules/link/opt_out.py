"""link.opt_out: leaving a list that a marketplace message is never on (sellers)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._words import any_of

_UNSUBSCRIBE = any_of(
    r"un-?subscrib(?:e|ing)|opt(?:ing)?[ -]?out|opt-?outs?",
    r"darse de baja|darte de baja|date de baja|dese de baja|(?:anular|cancelar) (?:la |su |tu )?suscripcion",
    r"se desabonner|desabonn\w+|desinscri\w+",
    r"abmelden|abbestell\w+|austragen",
    r"disiscriv\w+|(?:cancell\w+|annull\w+) (?:l'|la sua |la tua )?iscrizione|disiscrizion\w*",
    r"cancelar (?:a |sua |a sua )?(?:subscricao|inscricao|assinatura)|descadastr\w+|desinscrev\w+",
)
_SEND = r"(?:reply(?:ing)?|text|txt|send(?: us)?|answer(?: with)?|write(?: back)?|type|respond\w*|respon[d|s]\w+|conteste|envi[ea]\w*|mande|repond\w+|envoy\w+|antworten sie|schreiben sie|senden sie|schicken sie|rispond\w+|invi\w+|scriv\w+|escrev\w+|responda)"
_STOP = r"(?:stop|end|quit|unsub\w*|remove|cancel|opt[ -]?out|no more|leave|baja|arret|stopp|ende|abmelden|basta|sair|parar|cancellami)"
_MESSAGES = any_of(
    r"(?:e-?mails?|messages?|msgs?|notes?|reminders?|mailings?|newsletters?|notifications?|alerts?|texts?|cards?|updates?|offers?)",
    r"(?:mensajes?|correos?|avisos?|notificaciones|comunicaciones|boletin(?:es)?)",
    r"(?:messages?|courriels?|mails?|notifications?|communications)",
    r"(?:nachrichten|hinweise|mails?|e-mails|mitteilungen|newsletter)",
    r"(?:messaggi|comunicazioni|notifiche|avvisi|email)",
    r"(?:mensagens|avisos|notificacoes|comunicacoes|emails)",
)
_OTHERS = r"\b(?:button|remote|knob|key|switch|timer|machine|marketplace'?s?|amazon'?s?|etsy'?s?|ebay'?s?|carrier'?s?|courier'?s?|manufacturer|mug|shirt|print|you asked|how (?:do|can) i|settings of|sender of|alarm\w*|telecommande|wecke\w*|weckton\w*|tasten?|bouton|boton|tasto|botao|line you saw|stamp)\b"
_NONE = r"|\b(?:nothing|no need|needn'?t|(?:don'?t|do not) (?:have|need|keep|send|run)|cannot|can'?t|we have no|there is no|we never)\b"
_PHRASES = (
    Phrase(
        rf"\b{_UNSUBSCRIBE}\b",
        unless=_OTHERS + _NONE,
        refusable=False,
    ),
    Phrase(
        rf"\b{_SEND} (?:us |back |with |the |word |la palabra |le mot |das wort |la parola |a palavra |com |con |par |mit )*[\"']?{_STOP}\b",
        unless=_OTHERS + _NONE,
        refusable=False,
    ),
    Phrase(
        r"\b(?:manag(?:e|ing)|chang(?:e|ing)|updat(?:e|ing)|edit|set|gestion\w+|ger(?:er|ez|ir)|verwalten|gestisc\w+|gestire|gerencie)\b[^;]{0,15}?\b(?:e-?mail|message|messaging|mail(?:ing)?|contact|communication|notification|subscription|newsletter)?[ -]?(?:preferences|prefs|preferencias|praferenzen|preferenze|preferences de contact)\b",
        form="unsure",
        unless=_OTHERS + r"|\b(?:delivery|colou?r|size|order) preferences\b",
    ),
    Phrase(
        rf"\b(?:(?:to|and) (?:stop|no longer|not) (?:receiv\w+|get(?:ting)?|hear\w*)|(?:don'?t|do not|no longer) want (?:such |these |to (?:get|receive|hear) |any |more |our |further )+|no (?:more|longer) |para (?:dejar de|no) recibir|(?:pour )?ne plus recevoir|keine (?:weiteren )?|per non ricevere (?:piu |altr[ei] )?|(?:para )?(?:nao|deixar de) receber)[^;]{{0,30}}?\b{_MESSAGES}\b[^;]{{0,40}}?\b(?:{_SEND}|click|clic\w*|klick\w*|link|here|aqui|hier|ici|take you off|remove you|list)\b",
        refusable=False,
        unless=_OTHERS,
    ),
    Phrase(
        r"\b(?:take|remove|removed|strike|get) (?:you|me|yourself|your (?:name|address|e-?mail))? ?(?:off|from) (?:the|our|this) (?:mailing |contact |e-?mail |message )?list\b",
        unless=_OTHERS + r"|\bguest list|price list\b",
    ),
    Phrase(r"\b[ck]lick (?:here )?to stop (?:the )?(?:alerts|messages|e-?mails|notes|updates)\b"),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield ways out of a list: unsubscribe, preferences, a word to answer with."""
    yield from reading.phrases(_PHRASES)


RULE = Rule(
    id="link.opt_out",
    title="Way out of a mailing list",
    since="2026.2",
    source=("S62",),
    why=(
        "Messages here serve one order, so there is no list to leave. A way out of one makes the buyer believe that "
        "something was subscribed to, and what the buyer declines here is kept by the marketplace."
    ),
    reasons={
        "plain": "This offers a way out of a mailing list.",
        "unsure": "This may offer a way out of a mailing list.",
    },
    advice="Remove it. Who does not want unsolicited messages says so in the settings of the marketplace.",
    gate=_PHRASES,
    find=find,
    flagged=(
        "To «unsubscribe» click here.",
        "«Reply STOP» if you want no more notes.",
        "«Manage your message preferences» below.",
        "«u n s u b s c r i b e»",
        "We «take you off the list» at once.",
        "Si no quiere más avisos, «responda BAJA».",
        "«Répondez STOP» et c'est fini.",
        "Hier vom Newsletter «abmelden».",
        "«Per non ricevere altre comunicazioni clicchi» qui.",
        "«Para não receber mais mensagens clique aqui».",
    ),
    accepted=(
        "Press STOP on the remote and the timer is cleared.",
        "We don't keep a mailing list, so there is nothing to leave.",
        "Your delivery preferences are on the label.",
        "The stop button of the machine is red.",
        "Take the lid off the box, the list is inside.",
        "La puerta se abre con el mando, pulse STOP en el botón.",
    ),
    known_miss=("If you would rather have silence, «one word from you is enough».",),
)
