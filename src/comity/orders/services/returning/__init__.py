"""Goods on their way back, by the table ``RETURN_TRANSITIONS``: asked for, answered, received, graded, paid back.

Whoever fulfils the order answers: ``side`` is the seller, or the marketplace for what it fulfils (S36). Every service
locks the order first; two people at once meet there, and the second is told what the first did.
"""
