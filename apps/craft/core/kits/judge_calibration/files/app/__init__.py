"""The judge of the __desk__'s answers."""
