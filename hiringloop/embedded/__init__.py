"""The PostgreSQL server that comes as a wheel: started on the first connection, ended by who started it."""
