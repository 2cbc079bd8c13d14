"""Reading text: folded views with maps to the original, addresses, phones. No policy here."""
