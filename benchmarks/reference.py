"""The references: what this machine can do at all, measured in the same run.

- A small Django page ("DJ"): session, auth and CSRF middleware, one query, fifty plain rows.
- A bare broadcast of one frame to every websocket.
"""

import asyncio
import json
import os
import sys
from typing import Any

ROWS = 50
TEMPLATE = """<!doctype html><title>Reference</title><h1>Reference</h1><table>
{% for row in rows %}<tr><td>{{ row.id }}</td><td>{{ row.title }}</td>
<td>{{ row.made_at|date:"c" }}</td></tr>
{% endfor %}</table>"""


def page_application() -> Any:
    """A WSGI application for the reference page; its one table is made by `prepare`."""
    import environ
    from django.conf import settings
    from django.http import HttpResponse
    from django.template import engines
    from django.urls import path

    settings.configure(
        SECRET_KEY="reference",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": environ.Env().db_url("REFERENCE_DATABASE_URL")},
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )  # fmt: skip
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 600
    import django

    django.setup()
    from django.core.wsgi import get_wsgi_application
    from django.db import connection

    template = engines["django"].from_string(TEMPLATE)

    def page(request: Any) -> HttpResponse:
        assert request.user.is_authenticated
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, title, made_at FROM reference_row ORDER BY id LIMIT 50")
            rows = [
                {"id": pk, "title": title, "made_at": made_at}
                for pk, title, made_at in cursor.fetchall()
            ]
        return HttpResponse(template.render({"rows": rows}, request))

    urlpatterns.append(path("", page))
    return get_wsgi_application()


urlpatterns: list[Any] = []


def prepare() -> None:
    """Make the reference page's tables, its rows and one signed-in session; print its cookie."""
    page_application()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS reference_row AS SELECT n AS id, 'Row number ' || n AS "
            "title, now() AS made_at FROM generate_series(1, 50) n"
        )
    user, _made = User.objects.get_or_create(username="reader")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print(session.session_key)


async def broadcast(port: int) -> None:
    """A bare server: every frame that comes from one socket goes to all of them."""
    import websockets
    from websockets.asyncio.server import ServerConnection, serve

    sockets: set[ServerConnection] = set()

    async def room(socket: ServerConnection) -> None:
        sockets.add(socket)
        try:
            async for frame in socket:
                websockets.broadcast(sockets, json.dumps(json.loads(frame)))
        finally:
            sockets.discard(socket)

    async with serve(room, "127.0.0.1", port):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    else:
        asyncio.run(broadcast(int(sys.argv[2])))
else:
    application = page_application() if "REFERENCE_DATABASE_URL" in os.environ else None
