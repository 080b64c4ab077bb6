"""Offices outside the police that can remove a threat: who they are, what they answer for, and where."""
