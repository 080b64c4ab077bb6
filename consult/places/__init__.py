"""Offline search of place names, own district first."""
