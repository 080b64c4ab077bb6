"""The read API: what the public sees, as JSON for other programs, described by an OpenAPI document of itself."""
