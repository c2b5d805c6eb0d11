"""The tables that are worked out of others, by what they are about."""
