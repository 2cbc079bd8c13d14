"""What the desks of seller and operator have in common: list, conversation, composer, order panel."""
