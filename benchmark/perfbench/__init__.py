"""The runner of the benchmark: rows, repositories, linters, scores and tables."""
