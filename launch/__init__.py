"""Start Cohort on one machine: its servers, its processes, its checks. Knows nothing of Django."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".data"
LOGS = DATA / "log"
