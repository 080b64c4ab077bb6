"""The scripts an operator types."""
