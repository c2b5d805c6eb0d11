"""Whether the data behind the figures can be trusted: what is there, since when, from where.

Nothing here is a fault: figures come, to be read with care. Faults are those of
`kpilib.answers.check`.
"""
