"""Dealing outside the marketplace."""
