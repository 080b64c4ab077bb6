"""People of the police, their units and what each may do; residents never sign in."""
