"""Exports as people download them, brought into the canonical tables.

decode and split make text and tables of a file, presets say what they mean, convert makes rows of
a canonical table, merge adds them to a company's folder. Nothing here guesses: what is ambiguous
stops with the question that settles it.
"""
