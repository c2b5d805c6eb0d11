"""What is said in free texts: praise or blame, by rules that show the words that decided."""
