"""Ids, clock, record chain, outbox, idempotency, deadlines: what every capability stands on. Knows none of them."""
