"""News on people's devices: web push (RFC 8030, 8188, 8291, 8292), by the same outbox as mail."""
