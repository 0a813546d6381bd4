"""Mail that comes in: taken, looked at in a fixed order, and handed to whom it concerns.

`storing.take` is the one way in, for a listener, a provider's webhook and a file alike; it only
keeps. `working` then asks each gate in turn (`gates`), and what passes goes to the handler that a
feature registered (`notifications.registry`).
"""
