"""Buyer's views: find the seat, call one service or selector, render."""
