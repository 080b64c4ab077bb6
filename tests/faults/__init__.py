"""Faults: what is acknowledged is never lost and never kept twice, whatever breaks."""
