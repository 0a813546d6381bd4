"""Measurements of a production-like server, as ratios to references of the same run."""
