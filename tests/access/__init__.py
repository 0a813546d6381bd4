"""The access table: a module per app or part of one, each with its `ROWS`."""

import importlib

APPS = (
    "cohort",
    "facilitation",
    "forums",
    "forums_feeds",
    "forums_lists",
    "forums_reading",
    "forums_steering",
    "home",
    "notifications",
    "resources",
    "resources_lists",
    "resources_requests",
    "resources_taking",
    "sessions",
    "sessions_afterwards",
    "sessions_room",
)

# Routes of libraries, whose access is the library's own; tests of sign-in cover how we use them.
UNTABLED = (
    "accounts/",
    "admin:",
    "admin/",
    "account_",
    "mfa_",
    "usersessions_",
    "socialaccount_",
    "google_",
    "microsoft_",
    "demo:",
)

ROWS = [row for app in APPS for row in importlib.import_module(f"tests.access.{app}").ROWS]
