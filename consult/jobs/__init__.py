"""Work in the background: what runs by itself, and what staff ask for and wait for; when, and what came of it."""
