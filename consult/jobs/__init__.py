"""Work that nobody waits for: what runs by itself, when, and what came of it."""
