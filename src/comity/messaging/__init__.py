"""Conversations, messages, findings, rulings, reply deadlines."""
