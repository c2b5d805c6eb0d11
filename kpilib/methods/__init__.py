"""Values that need more than a numerator and a denominator."""
