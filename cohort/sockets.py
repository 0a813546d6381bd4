"""Who is at the other end of a socket."""

from channels.auth import AuthMiddlewareStack as SessionAuthMiddleware

__all__ = ["SessionAuthMiddleware"]
