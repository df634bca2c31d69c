"""Errors of the package. No message holds a token or a credential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Sequence, Tuple


@dataclass(frozen=True)
class Denial:
    """Refused part of an intent, as the service explains it."""

    action: str
    target: str
    reason: str
    policy: Optional[str] = None
    #: Sentence that names what to request instead.
    hint: Optional[str] = None


class ValetkeyError(Exception):
    """
    Base of all errors; ``event`` is a stable code, ``denials`` explains a refused intent, and ``reason`` has the words of the person who denied a request
    for approval.
    """

    def __init__(self, event: str, sentence: str, denials: Sequence[Denial] = (), reason: Optional[str] = None) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.event = event
        self.denials: Tuple[Denial, ...] = tuple(denials)

    def __str__(self) -> str:
        lines = [str(self.args[0])]
        for denial in self.denials:
            hint = f" {denial.hint}" if denial.hint else ""
            lines.append(f"  denied: {denial.action} on {denial.target}: {denial.reason}{hint}")
        return "\n".join(lines)


class UsageError(ValetkeyError):
    """A parameter is missing or malformed; no request was sent."""


class IdentityError(ValetkeyError):
    """There is no identity token, or its source has none for this audience."""


class IntentError(ValetkeyError):
    """The intent is malformed, or cannot be granted as it stands."""


class RefusedError(ValetkeyError):
    """valetkey refused the identity or the intent; ``denials`` lists what to request instead."""


class LaterError(ValetkeyError):
    """Not now: too many tasks, or people must approve first and have not yet."""


class UnavailableError(ValetkeyError):
    """valetkey cannot be reached, or answers with an internal error."""
