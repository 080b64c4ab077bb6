"""Letters are expected by name, or not sent."""

from tests.mail.outbox import _no_unexpected_letters, letters

__all__ = ["_no_unexpected_letters", "letters"]
