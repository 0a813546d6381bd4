"""People's files: what they are by content, what they are called, how they are kept and given out.

checked = check_upload(upload)                   # FileRefused says in words why not
with stored(checked, FileVersion) as path:       # bytes first, rows after; NotStored on failure
    ...
return private_answer(request, version.file, name=…, content_type=…, etag=…)
"""

from cohort.files.answers import disposition, private_answer
from cohort.files.fields import CheckedFileField
from cohort.files.names import clean_name
from cohort.files.store import NotFetched, NotStored, discard, fetched, stored
from cohort.files.types import ACCEPT, FileRefused, FileType, type_of
from cohort.files.uploads import CheckedFile, check_upload, size_in_words

__all__ = [
    "ACCEPT",
    "CheckedFile",
    "CheckedFileField",
    "FileRefused",
    "FileType",
    "NotFetched",
    "NotStored",
    "check_upload",
    "clean_name",
    "discard",
    "disposition",
    "fetched",
    "private_answer",
    "size_in_words",
    "stored",
    "type_of",
]
