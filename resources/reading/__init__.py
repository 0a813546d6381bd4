"""Reads a file as far as search and a preview want it; run by `cohort.limited`, without Django.

python -m resources.reading <file> <content type> <folder>

Writes `contents.json` (text, pages, findings, tables) and `page-1.webp` … into the folder.
"""
