"""Writing in debates, by what the person does: `convening`, `minuting`, `asking`."""
