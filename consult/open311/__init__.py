"""Open311 GeoReport v2: the tools of cities read what the public sees of threats, and report with a key."""
