"""Default deny: every field of every model is declared to reach certain packets, or reaches none."""
