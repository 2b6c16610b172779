"""What time it is, in one place, so that rules take it as a parameter and never fetch it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """The date on the wall of an installation that works in this time zone."""
    return now().astimezone(ZoneInfo(zone)).date()
