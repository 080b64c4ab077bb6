"""Where a police post would be needed: which places serve most of what people speak of, and what nobody can know."""
