"""Credentials of one account, renewed while their task lives."""

from __future__ import annotations

import threading
import time
from typing import Callable, Optional

from ._answers import AwsCredentials, NamedCredentials, credentials_of, sentence_of
from ._service import call
from .errors import RefusedError, UnavailableError

_RENEWAL_SECONDS = 10.0
#: Shortest time between two renewals, as the service makes one STS call per lease in this time.
_PAUSE_SECONDS = 10.0
_OUTAGE_SECONDS = 2.0
#: Upper bound on the service's ``Retry-After``, because the credentials would expire meanwhile.
_MOST_PAUSE_SECONDS = 60.0
#: Final statuses: the token, the task or the policy refuses. Any other failure may pass.
_FINAL = (401, 403, 404, 410)


class CredentialCache:
    """
    Cache of one account's credentials, for any number of threads. A call renews them past half of their life, however short that is;
    one renewal at a time, and other threads use the present ones meanwhile. During an outage the cache returns the present ones until they expire.
    After a refusal, which is final, and after the task's end, it returns none.
    """

    def __init__(
        self, url: str, task_id: str, token: str, ends: float, named: NamedCredentials, now: Callable[[], float] = time.time
    ) -> None:
        self._address = f"{url}/v1/tasks/{task_id}/credentials/{named.name}"
        self._token = token
        self._task_ends = ends
        self._now = now
        self._renewing = threading.Lock()
        self._refusal: Optional[str] = None
        self._hold(named.credentials)
        self._not_before = min(now() + _PAUSE_SECONDS, named.credentials.ends)

    def current(self) -> AwsCredentials:
        """Returns the current credentials. Raises RefusedError once the task is over, UnavailableError where they expired in an outage."""
        if self._is_due():
            usable = self._is_usable()
            if self._renewing.acquire(blocking=not usable):
                try:
                    if self._is_due():
                        self._renew()
                finally:
                    self._renewing.release()
        if self._refusal is not None:
            raise RefusedError("no_credential", self._refusal)
        if self._is_usable():
            return self._held
        if self._now() >= self._task_ends:
            raise RefusedError("no_credential", "The task's time is over; run it with a longer ttl.")
        raise UnavailableError("no_credential", "The credentials have expired and cannot be renewed right now; try again.")

    def end(self, sentence: str) -> None:
        """Ends the cache with its task: it returns nothing from now on."""
        self._refusal = sentence

    def _is_usable(self) -> bool:
        return self._now() < self._held.ends

    def _is_due(self) -> bool:
        now, ends = self._now(), self._held.ends
        if self._refusal is not None or now < self._not_before:
            return False
        # The credentials live as long as their task, to the second: a renewal would gain nothing.
        if ends >= self._task_ends - 2:
            return False
        return now >= self._half_life

    def _hold(self, credentials: AwsCredentials) -> None:
        self._held = credentials
        self._half_life = (self._now() + credentials.ends) / 2

    def _renew(self) -> None:
        answer = call(self._address, timeout=_RENEWAL_SECONDS, authorization=f"Bearer {self._token}", renews=True)
        now = self._now()
        if self._refusal is not None:
            return
        renewed = credentials_of(answer.body, answer.ahead) if answer is not None and answer.status == 200 else None
        if renewed is not None:
            # A policy on the hour may end every session at the same moment: then only a new hour brings a longer one.
            has_gained = renewed.ends > self._held.ends
            self._hold(renewed)
            self._not_before = now + _PAUSE_SECONDS if has_gained else max(renewed.ends, now + _PAUSE_SECONDS)
        elif answer is not None and answer.status in _FINAL:
            self._refusal = sentence_of(answer)
        elif answer is not None and answer.status == 429:
            pause = answer.retry_after if answer.retry_after is not None else _PAUSE_SECONDS
            self._not_before = now + min(max(pause, 1.0), _MOST_PAUSE_SECONDS)
        else:
            self._not_before = now + _OUTAGE_SECONDS
