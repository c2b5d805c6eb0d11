"""What trainings brought, as frames: chain, proof, return, and how each was measured."""
