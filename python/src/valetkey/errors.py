"""Errors of the package. No message holds a token or a credential."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple


@dataclass(frozen=True)
class Denial:
    """Refused part of an intent, as the service explains it."""

    action: str
    target: str
    reason: str
    policy: Optional[str] = None
    #: Sentence that names what to request instead.
    hint: Optional[str] = None


#: Largest number of actions and of targets that a line names.
_ACTIONS, _TARGETS = 6, 3
#: Parameter of raw HTTP in a hint, and the argument that it is here.
_NARROW = re.compile(r"\b(with|use) mode=narrow(?= for |[.,]|$)")
_ARGUMENT = r"\1 accept_less=True"
#: Parameters of raw HTTP for a person's token.
_PERSON = re.compile(r"(?<=^Ask on behalf of a person: ).*subject_token.*(?=\.$)")


def in_arguments(hint: str) -> str:
    """Words a hint of the service, which names parameters of raw HTTP, in arguments of this package."""
    return _PERSON.sub("give on_behalf_of", _NARROW.sub(_ARGUMENT, hint))


def _grouped(denials: Sequence[Denial]) -> List[Tuple[List[str], List[str], Denial]]:
    """Groups denials of one reason: first the actions of a target, then the targets of the same actions, as the command does."""
    of_target: Dict[Tuple[object, ...], List[str]] = {}
    first: Dict[Tuple[object, ...], Denial] = {}
    for each in denials:
        key = (each.target, each.reason, each.policy, each.hint)
        first.setdefault(key, each)
        actions = of_target.setdefault(key, [])
        if each.action not in actions:
            actions.append(each.action)
    groups: Dict[Tuple[object, ...], Tuple[List[str], List[str], Denial]] = {}
    for key, actions in of_target.items():
        group = groups.setdefault((tuple(actions), *key[1:]), (actions, [], first[key]))
        group[1].append(first[key].target)
    return list(groups.values())


def _listed(names: Sequence[str], most: int) -> str:
    """Names the first few; one more takes no more room than its number."""
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


class ValetkeyError(Exception):
    """
    Base of all errors; ``event`` is a stable code, ``denials`` explains a refused intent, and ``reason`` has the words of the person who denied a request
    for approval. ``retry_after`` is the number of seconds after which the same request may be granted, where the service named one.
    """

    def __init__(
        self,
        event: str,
        sentence: str,
        denials: Sequence[Denial] = (),
        reason: Optional[str] = None,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        self.reason = reason
        self.event = event
        self.denials: Tuple[Denial, ...] = tuple(denials)

    def __str__(self) -> str:
        lines = [str(self.args[0])]
        for actions, targets, about in _grouped(self.denials):
            policy = f" (policy {about.policy})" if about.policy else ""
            lines.append(f"  denied: {_listed(actions, _ACTIONS)} on {_listed(targets, _TARGETS)}")
            lines.append(f"    {about.reason}{policy}")
            if about.hint:
                lines.append(f"    hint: {about.hint}")
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
    """Not now: too many tasks, a spent budget, or people must approve first and have not yet."""


class UnavailableError(ValetkeyError):
    """valetkey cannot be reached, or answers with an internal error."""
