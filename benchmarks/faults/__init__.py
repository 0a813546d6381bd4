"""`make faults`: break the outbox's surroundings while it works, and count every mail.

Real workers, beats, PostgreSQL and Redis; a mail server in this process that misbehaves on demand.
It is an app of its own settings, so that the workers know its kinds of mail.
"""
