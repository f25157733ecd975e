"""Codec strings for media types, as RFC 6381 defines them, read from the start of an MP4 file."""

from __future__ import annotations


def avc_codec(head: bytes) -> str:
    """Return the codec string of a file that begins with *head*."""
    # ISO/IEC 14496-15: avcC holds version, profile, compatibility and level, one byte each.
    at = head.index(b"avcC") + 5
    return "avc1." + head[at : at + 3].hex()


def hevc_codec(head: bytes) -> str:
    """Return the codec string of a file that begins with *head*."""
    # ISO/IEC 14496-15, annex E. hvcC: version; profile space (2 bits), tier (1), profile (5);
    # 32 compatibility flags, written in reverse; 6 bytes of constraints; level.
    at = head.index(b"hvcC") + 5
    space, profile = ("", "A", "B", "C")[head[at] >> 6], head[at] & 31
    flags = int(f"{int.from_bytes(head[at + 1 : at + 5]):032b}"[::-1], 2)
    tier = "H" if head[at] & 32 else "L"
    constraints = [f"{byte:X}" for byte in head[at + 5 : at + 11].rstrip(b"\0")]
    parts = [f"{space}{profile}", f"{flags:X}", f"{tier}{head[at + 11]}", *constraints]
    return ".".join(["hvc1", *parts])


def av1_codec(head: bytes) -> str:
    """Return the codec string of a file that begins with *head*."""
    # AV1 in ISOBMFF, av1C: 3 bits profile and 5 bits level, then 1 bit tier and 2 bits of depth.
    at = head.index(b"av1C") + 5
    profile, level = head[at] >> 5, head[at] & 31
    tier = "H" if head[at + 1] & 128 else "M"
    depth = 10 if head[at + 1] & 64 else 8
    return f"av01.{profile}.{level:02}{tier}.{depth:02}"
