"""Writing in surveys, by what the person does: `managing`, `answering`, `inviting`, `mixing`, `reviewing`."""
