"""Objectives, how far they are reached, and what follows from it."""
