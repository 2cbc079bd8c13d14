"""Written by `python -m training.reader`."""

# SHA-256 of the weights.
DIGEST = "4835e1f939ce24348bdc4909a5f28e52b00434d779930f80f24ba1244819e6c6"
# How sure the reader must be of each rule, from 0 to 1.
SURE_FROM = {
    "contact.email": 0.81,
    "contact.phone": 0.94,
    "contact.handle": 0.91,
    "link.external": 0.78,
    "link.opt_out": 0.53,
    "divert.off_platform": 0.89,
    "payment.off_platform": 0.95,
    "marketing.promotion": 0.87,
    "review.incentive": 0.90,
    "review.extortion": 0.67,
    "review.biased": 0.80,
    "review.change": 0.40,
    "feedback.removal": 0.40,
    "conduct.abuse": 0.74,
    "conduct.threat": 0.79,
    "conduct.hostile": 0.98,
    "privacy.sensitive": 0.91,
}
