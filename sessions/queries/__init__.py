"""What pages, home, the console and search ask about sessions. All of it only what one may see."""

from sessions.queries.attendance import AttendanceLine, attendance_of_teams, attendance_sheet
from sessions.queries.calendars import followed, of_their_own
from sessions.queries.lists import (
    narrowed,
    next_session,
    past,
    sessions_of,
    theme_sessions,
    upcoming,
    year,
)
from sessions.queries.room import chat_page, room_of
from sessions.queries.rsvps import TeamCount, answers, invited, rsvp_counts_by_team
from sessions.queries.search import search_sessions
from sessions.queries.zones import ZoneTime, times_by_zone

__all__ = [
    "AttendanceLine",
    "TeamCount",
    "ZoneTime",
    "answers",
    "attendance_of_teams",
    "attendance_sheet",
    "chat_page",
    "followed",
    "invited",
    "narrowed",
    "next_session",
    "of_their_own",
    "past",
    "room_of",
    "rsvp_counts_by_team",
    "search_sessions",
    "sessions_of",
    "theme_sessions",
    "times_by_zone",
    "upcoming",
    "year",
]
