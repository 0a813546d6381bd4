#!/bin/sh
# Find a Python that is new enough and hand over to it: `sh launch/start.sh run`.
# PYTHON=/path/to/python chooses one by hand.

cd "$(dirname "$0")/.." || exit 1

# The launcher stops when this process (make, usually) is gone.
LAUNCH_PARENT=$PPID
export LAUNCH_PARENT

# 3.14 and later come last: not every library has a ready build for them yet.
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python python3.14}; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
        exec "$candidate" -m launch.bootstrap "$@"
    fi
done
for candidate in ${PYTHON:-python3 python3.14}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 14))' 2>/dev/null; then
        exec "$candidate" -m launch.bootstrap "$@"
    fi
done

cat >&2 <<'WORDS'
Cohort needs Python 3.11 or newer, and none was found.

  Debian, Ubuntu   apt install python3 python3-venv
  Fedora           dnf install python3
  macOS            brew install python@3.13

If one is installed under another name:  make run PYTHON=/path/to/python3.12
WORDS
exit 1
