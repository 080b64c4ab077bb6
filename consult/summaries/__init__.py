"""A district's summary for a period: figures, page, PDF and the .json beside it."""
