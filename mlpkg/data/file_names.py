"""File names made of ids, which any system takes and which stay in their folder."""

from __future__ import annotations

import re

__all__ = ["is_device", "plain_name"]

# Not the whole of what file systems allow: a number and a suffix come on top.
MAX_NAME = 100
_UNSAFE = re.compile(r"[^\w.-]+")
# Names that Windows keeps for devices, whatever their suffix.
_DEVICES = re.compile(
    r"(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(?:\.|$)", re.IGNORECASE
)


def is_device(name: str) -> bool:
    """Tell a name that Windows keeps for a device.

    Examples
    --------
    >>> is_device("NUL.page"), is_device("nullify.page")
    (True, False)
    """
    return _DEVICES.match(name) is not None


def plain_name(text: str) -> str:
    """Make a file name, without suffix, of anything.

    Letters, digits, hyphens, underscores and inner dots stay; what separates folders
    or means something to a shell or a file system becomes an underscore.

    Examples
    --------
    >>> plain_name("https://news.example/a?b=1"), plain_name("../.."), plain_name("CON")
    ('https_news.example_a_b_1', 'page', '_CON')
    """
    plain = _UNSAFE.sub("_", text).strip("._")[:MAX_NAME].rstrip("._") or "page"
    return f"_{plain}" if is_device(plain) else plain
