"""Comity: messaging and customer service for any online marketplace."""
