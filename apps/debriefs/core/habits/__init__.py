"""How one interviewer rates, held against the colleagues who rated the same candidates. Values in, values out.

Every number has its 90 % interval over candidates, or is withheld: below five candidates habit cannot be told from
chance.
"""
