"""Writing of the front rooms."""

from consult.audit import operations as audit


def note_search(actor_id: int, unit_path: str, count: int) -> None:
    """Note in the trail that somebody searched reports and how many threats were shown, never for what."""
    audit.note(actor_id, "search_reports", "search", 0, unit_path, count=count)
