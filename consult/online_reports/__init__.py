"""Reports that residents send online, their receipts, and imports from other systems."""
