"""Forms of staff: `managing` surveys, `reviewing` feedback; the public questionnaire has `surveys.pages`."""
