"""The planner: which stations a hiring loop should have, proved, ordered, checked and explained.

Values in, values out: no Django, no clock, no I/O, no randomness. Read in this order:
`problem` (what is asked), `information` (what a rating is worth), `rules` (what a plan must obey),
`assemble` (the same rules for two solvers), `solve` (the proof), `clash` (why nothing is possible),
`order` and `days` (the candidate's day), `check` (the independent checker). Around the plan: `contribution` and
`left_out` (why), `relax` (ways out of the impossible), `alternatives` and `frontier` (what else), `compare`, `what_if`.
`document` is the question as JSON. For a loop somebody has: `existing` (reads it), `matching`, `audit`, `repair`.
"""
