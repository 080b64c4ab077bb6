"""Sheets of paper with a map under a lettered grid: people mark places by hand, and the marks reach the common map."""
