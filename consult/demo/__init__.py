"""Demonstration content, labelled as such on every page."""
