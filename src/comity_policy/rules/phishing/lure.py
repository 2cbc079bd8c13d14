"""phishing.lure: asks to follow a link in order to sign in, confirm or pay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading

_FOLLOW = (
    r"(?:click|tap|press|follow|open|visit|paste|copy|use|go to|klicken|folgen|offnen|haga clic|pulse|siga|abra|visite|copie|cliquez|suivez|ouvrez|"
    r"clicchi|clicca|segua|apra|visiti|clique|siga|acesse)"
)
_LINK = r"(?:link|url|button|address|page|web ?site|site|form|qr(?: code)?|here|below|seite|hier|enlace|pagina|aqui|lien|page|ici|collegamento|qui|ligacao)"
_ACT = (
    r"(?:verify|confirm|validate|update|restore|unlock|reactivate|sign in|log ?in|log on|claim|release|secure|authenticate|enter your|fill in your|"
    r"bestatigen|verifizieren|anmelden|einloggen|entsperren|verificar|confirmar|iniciar sesion|actualizar|desbloquear|verifier|confirmer|"
    r"vous connecter|mettre a jour|debloquer|verificare|confermare|accedere|aggiornare|sbloccare|entrar|atualizar)"
)
_THING = (
    r"(?:account|identity|payment|payout|card|bank|details|data|password|credentials|funds|money|wallet|billing|information|konto|identitat|zahlung|daten|"
    r"passwort|cuenta|identidad|pago|tarjeta|datos|contrasena|compte|identite|paiement|carte|donnees|mot de passe|conto|identita|pagamento|"
    r"carta|dati|conta|identidade|cartao|dados|senha)"
)
# What a shop writes about its own goods, and the marketplace's own pages.
_HONEST = r"\b(?:orders? page|your orders|tracking|track|manual|firmware|app|router|device|camera|lamp|printer|design|proof|size|colou?r|engraving|delivery (?:slot|day))\b"
_PHRASES = (
    Phrase(
        rf"(?P<hit>\b{_FOLLOW}\b[^;]{{0,40}}?\b{_LINK}\b[^;]{{0,60}}?\b{_ACT}\b(?:[^;]{{0,30}}?\b{_THING}\b)?)",
        unless=_HONEST,
    ),
    Phrase(
        rf"(?P<hit>\b{_ACT}\b[^;]{{0,30}}?\b{_THING}\b[^;]{{0,60}}?\b(?:by|via|through|with|using|uber|mit|por|con|par|tramite|pelo|at|on)\b[^;]{{0,30}}?\b{_LINK}\b)",
        unless=_HONEST,
    ),
    Phrase(
        r"(?P<hit>\b(?:please|you (?:must|need to|have to)|kindly|bitte|por favor|veuillez|per favore)\b[^;]{0,20}?\b(?:verify|confirm|validate|bestatigen|verificar|"
        r"verifier|verificare|confirmer|confirmar|confermare) (?:your|ihre?n?|su|sus|votre|vos|il suo|i suoi|a sua|os seus)\b[^;]{0,20}?\b(?:account|identity|bank|card|password|"
        r"credentials|konto|identitat|cuenta|identidad|compte|identite|conta|identita)\b)",
        form="unsure",
        unless=_HONEST,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield invitations to confirm, sign in or pay behind a link."""
    yield from reading.phrases(_PHRASES)


RULE = Rule(
    id="phishing.lure",
    title="Asking to sign in or confirm behind a link",
    since="2026.2",
    source=("S68", "S69"),
    why=(
        "Accounts are lost on pages that look like the marketplace's. Nobody who buys or sells here needs the other side "
        "to sign in, to confirm an account or to enter a card anywhere."
    ),
    reasons={
        "plain": "This asks to follow a link in order to confirm, sign in or pay.",
        "unsure": "This asks to confirm an account or an identity.",
    },
    advice="Leave it out. If you received this, do not follow the link: report the message.",
    gate=_PHRASES,
    find=find,
    flagged=(
        "«Click the link below to verify your account».",
        "Please «follow this page and sign in», then I can pay.",
        "«Confirm your bank details through this form» today.",
        "«Please verify your identity» within a day.",
        "«Klicken Sie auf den Link und bestätigen Sie Ihre Daten».",
        "«Cliquez ici pour confirmer votre compte».",
    ),
    accepted=(
        "Please confirm the address of the delivery.",
        "You can sign in and see it on your orders page.",
        "Open the app and press the button to update the firmware.",
        "Please confirm your order of two lamps.",
        "I never click on links that ask for my password.",
        "Could you verify that the card reader works?",
    ),
    known_miss=("«Our new payment page wants you to say hello first.»",),
)
