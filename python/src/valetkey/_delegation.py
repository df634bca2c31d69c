"""Delegation to a sub-agent, and the names of tokens in exchanges."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Mapping, NoReturn, Optional, Sequence, Tuple

#: RFC 8693, sections 2.1 and 3.
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
#: Types of a task token and of a delegation token, as valetkey names them.
TASK_TOKEN = "urn:valetkey:token-type:task"
DELEGATION_TOKEN = "urn:valetkey:token-type:delegation"

#: Registered id of an agent.
AGENT_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}[a-z0-9]")
#: Form of a delegation token. Scanners of secrets know it by its beginning.
_TOKEN = re.compile(r"vkd_[a-z0-9._]{13,58}_[A-Za-z0-9_-]{43}")


class Delegation:
    """
    Delegation to one sub-agent, which can open one task with it, below the task that delegated. Ends with that task.

    Its ``repr`` does not show the token, which ``text()`` alone returns.
    """

    __slots__ = ("_agent", "_expires_at", "_intent", "_token")

    def __init__(self, token: str, agent: str, expires_at: datetime, intent: Sequence[Mapping[str, Any]]) -> None:
        self._token = token
        self._agent = agent
        self._expires_at = expires_at
        self._intent = tuple(intent)

    @property
    def agent(self) -> str:
        """Registered id of the sub-agent. Nobody else can use the delegation."""
        return self._agent

    @property
    def expires_at(self) -> datetime:
        """End of the delegation, and of the task that is opened with it, at the latest; by this machine's clock."""
        return self._expires_at

    @property
    def intent(self) -> Tuple[Mapping[str, Any], ...]:
        """Upper bound on what the sub-agent may request."""
        return self._intent

    def text(self) -> str:
        """Returns the delegation as a text for the sub-agent's process: a secret, for a private file, a variable or an encrypted channel."""
        return self._token

    def __reduce__(self) -> NoReturn:
        raise TypeError("a delegation is a secret and is not stored: hand its text() to the sub-agent")

    def __repr__(self) -> str:
        return f"<valetkey.Delegation to {self._agent}>"


def is_delegation_token(text: object) -> bool:
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


def token_of(delegation: object) -> Optional[str]:
    """Returns the token of a delegation, or of its text; None for any other value. Ignores white space around a text, which files have."""
    text = delegation.text() if isinstance(delegation, Delegation) else delegation
    stripped = text.strip() if isinstance(text, str) else None
    return stripped if is_delegation_token(stripped) else None
