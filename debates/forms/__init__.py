"""Forms of debates: `meetings`, `statements` and `proposals`; `fields` is what they share."""
