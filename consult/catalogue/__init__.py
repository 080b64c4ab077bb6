"""Categories of threats: data with validity dates, never an enumeration in code."""
