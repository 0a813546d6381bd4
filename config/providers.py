"""Who else may say who somebody is: Google and Microsoft, where the environment names a client."""

from typing import Any

from environ import Env


def read(env: Env) -> dict[str, dict[str, Any]]:
    """As allauth asks for them."""
    return {
        "google": {"provider_class": "cohort.social.GoogleProvider", **_client(env, "GOOGLE")},
        "microsoft": {
            "provider_class": "cohort.social.MicrosoftProvider",
            # Work and school accounts. The addresses of personal ones are not proven.
            "TENANT": env.str("MICROSOFT_TENANT", default="organizations"),
            **_client(env, "MICROSOFT"),
        },
    }


def _client(env: Env, name: str) -> dict[str, Any]:
    client_id = env.str(f"{name}_CLIENT_ID", default="")
    secret = env.str(f"{name}_CLIENT_SECRET") if client_id else ""
    apps = [{"client_id": client_id, "secret": secret}] if client_id else []
    return {"OAUTH_PKCE_ENABLED": True, "APPS": apps}
