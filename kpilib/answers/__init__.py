"""From a question to its answer: figures as one tidy frame, compared, explained, checked."""
