"""People and programs that a status page tells of incidents and maintenance, because they asked for it."""
