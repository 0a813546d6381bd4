"""What mails say, read from their bytes: charsets, heads, parts, files, and one's own words.

Shared by archives of mailing lists (`forums.mail_archive`) and by mail that comes in
(`notifications.inbound`).
"""
