"""The front rooms: the public map, a district's page, and what is due today for staff."""
