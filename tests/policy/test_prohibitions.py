"""One message for each prohibition of the seed requirements, and what the default rulebook answers."""

from datetime import date

import pytest

from comity_policy import Context, Draft, Outcome, check, load_rulebook
from comity_policy.rules._review_request import asks_for_review

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))

CASES = [
    pytest.param("S18", "marketing.promotion", "Use code FALL20 for 20% off your next order!"),
    pytest.param("S19", "review.biased", "Please leave us a positive review."),
    pytest.param("S19", "review.biased", "Please do not leave a negative review."),
    pytest.param("S20", "link.external", "Have a look at www.lind-shop.de for more."),
    pytest.param("S21", "review.incentive", "Leave feedback and get a $10 voucher."),
    pytest.param("S22", "conduct.abuse", "Go fuck yourself."),
    pytest.param("S37", "contact.phone", "Call us on +44 20 7946 0812."),
    pytest.param("S37", "contact.email", "Write to help@lind.example."),
    pytest.param("S39", "review.incentive", "We refund $20 if you remove your negative feedback."),
    pytest.param("S52", "review.biased", "If you are happy with it, please leave a review."),
    pytest.param("S55", "review.incentive", "Free product in exchange for your review."),
    pytest.param("S64", "marketing.promotion", "Have you also seen our chew toys?"),
    pytest.param("S71", "payment.off_platform", "I refund you by PayPal."),
    pytest.param("S24", "divert.off_platform", "Can we finish this deal outside the marketplace?"),
    pytest.param("S53", "review.change", "Would you change your 2-star review?"),
    pytest.param("S53", "review.change", "Wir bitten Sie, Ihre Bewertung zu ändern."),
    pytest.param("S53", "review.biased", "Please contact us before you leave a negative review."),
    pytest.param("S62", "link.opt_out", "Reply STOP if you want no more notes."),
    pytest.param("S62", "link.opt_out", "Répondez STOP pour ne plus recevoir nos messages."),
    pytest.param("S80", "divert.off_platform", "Next time order directly from us."),
    pytest.param("S80", "marketing.promotion", "10 % de descuento en su próxima compra."),
    pytest.param("S86", "divert.off_platform", "La prossima volta compri direttamente da noi."),
    pytest.param("S87", "conduct.threat", "We know where you live."),
    pytest.param("S87", "conduct.abuse", "Vous êtes un escroc, fuck you all"),
]


@pytest.mark.requirement("S18", "S19", "S20", "S21", "S22", "S24", "S37", "S39", "S52", "S53", "S55")
@pytest.mark.requirement("S62", "S64", "S71", "S80", "S86", "S87")
@pytest.mark.parametrize(("source", "rule", "text"), CASES)
def test_a_forbidden_message_is_blocked_by_the_rule_that_names_its_source(source, rule, text):
    verdict = check(Draft(text, "seller", "reply"), Context(), BOOK)
    sources = {entry.rule.id: entry.rule.source for entry in BOOK.entries}

    assert verdict.outcome == "block"
    assert rule in {finding.rule for finding in verdict.findings}
    assert source in sources[rule]


@pytest.mark.requirement("S54")
@pytest.mark.parametrize("purpose", ["reply", "insert", "review_request", "shipment"])
def test_the_same_rules_hold_for_every_purpose(purpose):
    verdict = check(Draft("Leave a review and get a $15 gift card!", "seller", purpose), Context(), BOOK)
    assert verdict.outcome == "block"


@pytest.mark.requirement("S35", "S52")
@pytest.mark.parametrize(
    "text",
    [
        "You can leave a review of the product on your orders page if you wish.",
        "We would be grateful for an honest review, good or bad.",
        "Your pump arrived a week ago. If you'd like to, you can review it on your orders page.",
    ],
)
def test_a_neutral_request_for_a_review_is_delivered(text):
    assert check(Draft(text, "seller", "review_request"), Context(), BOOK).outcome == "deliver"


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("It arrived? Please leave a review.", True),
        ("Könnten Sie uns bewerten?", True),
        ("It left today.", False),
        ("Please review the proof.", False),
    ],
)
def test_a_text_that_asks_for_a_review_is_told_from_one_that_does_not(text, asks):
    assert asks_for_review(text) is asks


@pytest.mark.requirement("S29")
@pytest.mark.parametrize("text", ["Learn to read, it is in the listing.", "Das ist Ihr Problem.", "Apprenez à lire."])
def test_a_sneering_seller_is_warned_and_a_calm_one_is_not(text):
    assert check(Draft(text, "seller", "reply"), Context(), BOOK).outcome == "warn"
    assert check(Draft("I am sorry it broke. I refund it today.", "seller", "reply"), Context(), BOOK).findings == ()


@pytest.mark.requirement("S87")
def test_a_buyer_who_threatens_with_a_review_waits_for_a_person_and_one_who_claims_does_not():
    threat = check(Draft("Give me 50% back or I leave a one star review.", "buyer", "reply"), Context(), BOOK)
    claim = check(Draft("It came broken. Refund me, otherwise I open a claim.", "buyer", "reply"), Context(), BOOK)

    assert (threat.outcome, threat.findings[0].rule) == ("hold", "review.extortion")
    assert claim.findings == ()


@pytest.mark.requirement("S7", "S20", "S21", "S24", "S71")
@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("contact.handle", "I got your message, add me on WhatsApp."),
        ("payment.off_platform", "Customs are strict, pay me by bank transfer."),
        ("payment.off_platform", "N'hésitez pas à payer par virement bancaire."),
        ("payment.off_platform", "Não se preocupe, pague por PayPal."),
        ("privacy.sensitive", "Send me the verification code, it is not phishing."),
        ("review.incentive", "Zögern Sie nicht, schreiben Sie eine Bewertung und erhalten Sie einen Gutschein."),
        ("divert.off_platform", "Warten Sie nicht, bestellen Sie direkt bei uns."),
        ("conduct.threat", "I am not joking, I will kill you."),
    ],
)
def test_kind_words_around_a_forbidden_request_do_not_excuse_it(rule, text):
    verdict = check(Draft(f"Thank you for your order. {text} Best wishes.", "seller", "reply"), Context(), BOOK)
    assert verdict.outcome == "block"
    assert rule in {finding.rule for finding in verdict.findings}


@pytest.mark.requirement("S24", "S71")
@pytest.mark.parametrize(
    ("role", "text"),
    [
        ("buyer", "It shows delivered but my order is not here."),
        ("buyer", "Order not here yet"),
        ("seller", "Pick the order up, we're not here on Sunday."),
        ("seller", "I can refund you through the order, not by PayPal."),
        ("seller", "Zahlung per PayPal bieten wir nicht an."),
        ("buyer", "You refunded me so I will update my review."),
        ("seller", "Never send your card number to anybody, it is a scam."),
    ],
)
def test_a_parcel_that_is_missing_and_a_refusal_are_delivered(role, text):
    assert check(Draft(text, role, "reply"), Context(), BOOK).findings == ()


@pytest.mark.parametrize(
    ("rule", "text", "purpose"),
    [
        ("marketing.promotion", "We have 20% off all blankets.", "proactive"),
        ("review.biased", "Not happy? Just tell us.", "reply"),
        ("link.opt_out", "Manage your message preferences below.", "reply"),
        ("feedback.removal", "Could you take that red mark off?", "reply"),
    ],
)
def test_what_says_less_than_a_rule_forbids_is_unsure_and_waits(rule, text, purpose):
    found = check(Draft(text, "seller", purpose), Context(), BOOK).findings
    assert [(one.form, one.outcome) for one in found if one.rule == rule] == [("unsure", Outcome.HOLD)]
