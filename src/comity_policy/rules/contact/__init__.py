"""Rules about contact data: what lets buyer and seller meet outside the marketplace."""
