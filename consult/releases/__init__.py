"""Frozen releases: figures as they were published once, with a digest, and never changed again."""
