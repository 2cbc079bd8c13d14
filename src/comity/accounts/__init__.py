"""Marketplaces, organisations, sellers, buyers, staff, users, restrictions."""
