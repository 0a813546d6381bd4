"""Builds the demo cohort out of the words in `demo/content/`."""
