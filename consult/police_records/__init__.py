"""Police records: offences as the police count them, by area and year; aggregates, never persons."""
