"""The rating model: candidates' positions, interviewers' severities, and how sure either is (docs/ratings.md)."""
