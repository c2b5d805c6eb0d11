"""Times that are measured, never asserted: run with ``make bench``."""
