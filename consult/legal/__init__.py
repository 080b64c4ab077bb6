"""Pages that the law asks of a public body: declaration of accessibility, privacy, terms, contact, site map."""
