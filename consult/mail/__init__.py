"""Letters to people of the police: sign-in links and notices."""
