"""Sessions as calendars know them (RFC 5545): files, feeds, and what is mailed to calendars."""

from sessions.calendar.itip import cancellation, request
from sessions.calendar.publishing import calendar_feed, calendar_file

__all__ = ["calendar_feed", "calendar_file", "cancellation", "request"]
