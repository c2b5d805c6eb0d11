"""What becomes of published pages: paper, messages, when they are due, several companies."""
