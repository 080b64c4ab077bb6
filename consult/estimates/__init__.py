"""What a sample says of everybody, and how sure it is: intervals, designs, weights, tables, waves, waiting times.

Everything here is arithmetic on numbers that somebody hands in; docs/statistics.md names the method, its authors and
the figures that it was checked against.
"""
