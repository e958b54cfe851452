"""`python -m tests.bench`: what pages cost, and what the planner gains over its alternatives."""
