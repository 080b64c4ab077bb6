"""What the benchmarks serve: the product, a bare Flask answer, and the textbook's way to take a survey."""
