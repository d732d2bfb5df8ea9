"""The Retry-After header (RFC 9110, section 10.2.3): seconds, or the date to come back."""

from email.utils import parsedate_to_datetime


def parse_retry_after(text: str, now: float) -> float | None:
    """Return the seconds to wait; None for text that says nothing. `now` is Unix time in seconds.

    A date that has passed asks for no wait at all.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, moment - now)
