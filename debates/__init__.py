"""Debates and meetings: what people say in direct contact, what they ask for and what they are told."""
