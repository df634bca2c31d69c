"""Life of a task: open it, wait for people where policy needs their approval, work, end it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
import urllib.parse
import uuid
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, NoReturn, Optional, Sequence, Tuple, Union

from ._answers import Approval, AwsCredentials, IssuedCredential, NamedCredentials, OpenTask, approval_of, refusal_of, task_of
from ._credentials import CredentialCache
from ._delegation import (
    AGENT_ID,
    DELEGATION_TOKEN,
    ID_TOKEN,
    TASK_TOKEN,
    TOKEN_EXCHANGE,
    Delegation,
    is_delegation_token,
    token_of,
)
from ._identity import Identity, bearer_in_words, identity_token
from ._service import Answer, call, is_outage, safe_url
from ._signing import Signatures
from .errors import Denial, LaterError, UnavailableError, UsageError

if TYPE_CHECKING:
    import boto3  # type: ignore[import-not-found, import-untyped, unused-ignore]

_LOG = logging.getLogger("valetkey")

#: Longest wait for an answer: a cold start with a slow issuer takes seconds.
_OPEN_SECONDS = 15.0
_OPEN_PAUSES = (0.5, 1.5)
#: Longest duration of all attempts to end a task, and of one attempt.
_END_SECONDS = 10.0
_END_ATTEMPT_SECONDS = 5.0
_END_PAUSES = (0.5, 1.0, 2.0)
#: Added to the interval at each ``slow_down`` (RFC 8628, section 3.5).
_SLOWER_SECONDS = 5.0
#: Time past the expiry within which the service answers that the approval has expired.
_GRACE_SECONDS = 30.0

#: Upper bounds that the service has for a purpose and for the lifetime of a task.
_PURPOSE_CHARACTERS = 256
_LONGEST_SECONDS = 43_200

_NOT_BEGUN = "it was not begun"

Detail = Mapping[str, Any]

#: Sentences about parameters.
_INTENT_TAKES = "intent takes a list of details, such as [valetkey.aws(account, actions, resources)]"
_TTL_TAKES = "ttl takes a whole number of seconds, 43200 at most, such as 900"
_DELEGATION_TAKES = "it takes what the parent's task.delegate returned, or its text(); leave it out for a task of the agent's own"


class _NotGiven:
    """Type of a parameter's default that is no value: ``os.environ.get`` of a missing variable gives None."""


_NOT_GIVEN = _NotGiven()


def _check_intent(intent: object) -> None:
    """Asserts a list of mappings with a type, at least one. A text is a sequence too, of characters."""
    if isinstance(intent, (str, bytes, Mapping)) or not isinstance(intent, Sequence) or not intent:
        raise UsageError("usage", _INTENT_TAKES)
    for index, each in enumerate(intent):
        if not isinstance(each, Mapping) or not isinstance(each.get("type"), str):
            raise UsageError("usage", f'intent[{index}] has no type, such as "aws": {_INTENT_TAKES}')


def _is_lifetime(seconds: object) -> bool:
    return isinstance(seconds, int) and not isinstance(seconds, bool) and 1 <= seconds <= _LONGEST_SECONDS


def aws(account: str, actions: Sequence[str], resources: Sequence[str]) -> Detail:
    """
    Makes a detail of an intent (RFC 9396): the actions on the resources of one account.

    >>> aws("111122223333", ["s3:GetObject"], ["arn:aws:s3:::acme-data/reports/*"])["type"]
    'aws'

    :raises UsageError: a parameter is of another form: a text in place of a list would be read letter by letter.
    """
    if not isinstance(account, str):
        raise UsageError("usage", 'account takes the 12 digits of an account as a text, such as "111122223333"')
    for name, texts, such in (("actions", actions, "s3:GetObject"), ("resources", resources, "arn:aws:s3:::acme-data/reports/*")):
        if isinstance(texts, (str, bytes)) or not isinstance(texts, Sequence) or not all(isinstance(each, str) for each in texts):
            raise UsageError("usage", f'{name} takes a list of texts, such as ["{such}"]')
    return {"type": "aws", "account": account, "actions": list(actions), "resources": list(resources)}


class Task:
    """
    One task of an agent, as a context manager: it opens at ``with``, and ends when the block ends, however it ends.

        with valetkey.task(purpose="weekly report", intent=[valetkey.aws(account, ["s3:GetObject"], [arn])]) as task:
            task.boto3_session().client("s3").get_object(Bucket="acme-data", Key="reports/weekly.csv")

    :param purpose: purpose of the task; 1 to 256 characters.
    :param intent: details of the intent (RFC 9396); ``valetkey.aws`` makes one.
    :param url: URL of valetkey; ``VALETKEY_URL`` by default.
    :param audience: audience of the identity token; ``VALETKEY_AUDIENCE``, else ``url`` by default.
    :param ttl: lifetime of the task in seconds; 900 by default, 43,200 at most.
    :param accept_less: True where the part of the intent that policy permits suffices.
    :param identity: the agent's OIDC token, or a function that returns one for an audience; found as ``valetkey exec`` finds it by default.
    :param on_behalf_of: OIDC token of the person for whom the agent acts.
    :param standing: number of uses to request with one approval: ``5/7d`` is five within seven days.
    :param deliver: ``sign``: no key of AWS is handed out, and the hub signs each request of ``boto3_session()``. Policy may require it.
    :param wait: False: raises LaterError where people must approve first; the same call later gets the same request.
    :param on_pending: receives the approval that the task waits for: at the beginning, and whenever votes were cast. An error that it raises withdraws the
        request.
    :param delegation: what the parent's ``delegate`` returned, or its ``text()``: the task lies below the parent's, within what was handed on, and ends
        with the parent's task. Absent for a task of the agent's own.
    :raises UsageError: a parameter is missing or malformed.
    :raises ValetkeyError: at ``with``: IdentityError, IntentError, RefusedError, LaterError, UnavailableError.

    ``async with`` works as well; opening and ending then run in a thread.
    """

    def __init__(
        self,
        *,
        purpose: str,
        intent: Sequence[Detail],
        url: Optional[str] = None,
        audience: Optional[str] = None,
        ttl: Optional[int] = None,
        accept_less: bool = False,
        identity: Optional[Identity] = None,
        on_behalf_of: Optional[str] = None,
        standing: Optional[str] = None,
        deliver: Optional[str] = None,
        wait: bool = True,
        on_pending: Optional[Callable[[Approval], None]] = None,
        delegation: Union[Delegation, str, _NotGiven] = _NOT_GIVEN,
    ) -> None:
        address = url or os.environ.get("VALETKEY_URL")
        if not address:
            raise UsageError("usage", "url is missing: give it, or set VALETKEY_URL")
        if not isinstance(purpose, str) or not purpose.strip() or len(purpose) > _PURPOSE_CHARACTERS:
            raise UsageError("usage", 'purpose takes 1 to 256 characters that say what the task is for, such as "weekly report"')
        _check_intent(intent)
        if ttl is not None and not _is_lifetime(ttl):
            raise UsageError("usage", _TTL_TAKES)
        # A missing variable must not turn a sub-agent's task into one of its own, with more rights.
        below = None if isinstance(delegation, _NotGiven) else token_of(delegation)
        if below is None and delegation is not _NOT_GIVEN:
            raise UsageError("usage", f"delegation is {'None' if delegation is None else 'no delegation'}: {_DELEGATION_TAKES}")
        if below is not None and on_behalf_of is not None:
            raise UsageError("usage", "a sub-agent works for whom its parent works: leave out on_behalf_of where there is a delegation")
        if standing is not None and not isinstance(standing, str):
            raise UsageError("usage", 'standing takes uses and days, such as "5/7d"')
        if deliver is not None and deliver != "sign":
            raise UsageError("usage", 'deliver takes "sign"; leave it out for keys of AWS')
        if not isinstance(accept_less, bool):
            raise UsageError("usage", "accept_less takes True or False")
        self._url = safe_url(address, "url")
        self._audience = audience or os.environ.get("VALETKEY_AUDIENCE") or self._url
        self._identity = identity
        self._person = on_behalf_of
        self._delegation = below
        self._wait = wait
        self._on_pending = on_pending
        self._form: Dict[str, str] = {
            "grant_type": TOKEN_EXCHANGE,
            "subject_token_type": ID_TOKEN,
            "purpose": purpose,
            "authorization_details": json.dumps(list(intent)),
        }
        if ttl is not None:
            self._form["task_ttl"] = str(ttl)
        if standing is not None:
            self._form["standing"] = standing
        if deliver is not None:
            self._form["deliver"] = deliver
        if accept_less:
            self._form["mode"] = "narrow"
        self._open: Optional[OpenTask] = None
        self._caches: Dict[str, CredentialCache] = {}
        self._signatures: Dict[str, Signatures] = {}

    @property
    def id(self) -> str:
        """Id of the task, as receipts and the log name it."""
        return self._opened().id

    @property
    def expires_at(self) -> datetime:
        """Deadline of the task, by this machine's clock."""
        return datetime.fromtimestamp(self._opened().ends, timezone.utc)

    @property
    def issued(self) -> Tuple[IssuedCredential, ...]:
        """Credentials that connectors issued: logins, secrets, tokens. They end with the task."""
        return self._opened().issued

    @property
    def granted(self) -> Tuple[Detail, ...]:
        """Granted details: all of the intent, or with ``accept_less`` the part that policy permits."""
        return self._opened().granted

    @property
    def denials(self) -> Tuple[Denial, ...]:
        """Parts of the intent that were left out, with ``accept_less``."""
        return self._opened().denials

    def credentials(self, account: Optional[str] = None) -> AwsCredentials:
        """Returns current AWS credentials for the account, or for the first granted one. Call it again for each use, as credentials are renewed."""
        return self._cache(account)[1].current()

    def boto3_session(self, account: Optional[str] = None, region: Optional[str] = None) -> "boto3.Session":
        """
        Returns a boto3 session for the account, or for the first granted one, that works while the task lives: with credentials that are renewed, or, where
        the hub signs the requests, without any.
        """
        from ._sessions import boto3_session, signed_boto3_session

        signed = next((each for each in self._opened().signed if account is None or each.account == account), None)
        if signed is not None:
            return signed_boto3_session(signed, self._signatures[signed.name], region or signed.region)
        named, cache = self._cache(account)
        return boto3_session(cache, region or named.region)

    def delegate(self, agent: str, intent: Sequence[Detail], *, ttl: Optional[int] = None) -> Delegation:
        """
        Hands on a part of the task to a sub-agent, which opens one task of its own with it: ``valetkey.task(delegation=..., ...)``, here or in another
        process. That task never has more than this one, and ends with this one.

        :param agent: registered id of the sub-agent.
        :param intent: the most that the sub-agent may request; a part of what this task has.
        :param ttl: lifetime of the delegation and of the sub-agent's task, in seconds; as long as this task by default.
        :raises UsageError: a parameter is malformed.
        :raises ValetkeyError: RefusedError where the task has less than the intent, or has ended; IntentError, LaterError, UnavailableError.
        """
        opened = self._opened()
        if not isinstance(agent, str) or not AGENT_ID.fullmatch(agent):
            raise UsageError("usage", 'agent takes the registered id of the sub-agent, such as "helper"')
        _check_intent(intent)
        if ttl is not None and not _is_lifetime(ttl):
            raise UsageError("usage", _TTL_TAKES)
        form = {
            "grant_type": TOKEN_EXCHANGE,
            "requested_token_type": DELEGATION_TOKEN,
            "subject_token": opened.token,
            "subject_token_type": TASK_TOKEN,
            "audience": agent,
            "authorization_details": json.dumps(list(intent)),
        }
        if ttl is not None:
            form["task_ttl"] = str(ttl)
        # A repeat may leave a delegation behind that nobody has, which ends with the task.
        answer = self._patiently(form)
        token, seconds = (answer.body.get("access_token"), answer.body.get("expires_in")) if answer is not None and answer.status == 200 else (None, None)
        if isinstance(token, str) and is_delegation_token(token) and isinstance(seconds, (int, float)):
            return Delegation(token, agent, datetime.fromtimestamp(time.time() + seconds, timezone.utc), intent)
        host = urllib.parse.urlsplit(self._url).netloc
        if answer is None:
            raise UnavailableError("unreachable", f"{host} cannot be reached, so nothing was delegated; try again")
        raise refusal_of(answer, host)

    def __enter__(self) -> "Task":
        if self._open is not None:
            raise UsageError("usage", "a task runs once: make another one with valetkey.task(...)")
        token = identity_token(self._identity, self._audience)
        opened = self._exchange(token)
        # Without a wait the request goes on: the same call gets the same request, and its credentials once it is approved.
        if opened.approval is not None and not self._wait:
            raise LaterError("approval_pending", f"people must approve this first: {opened.approval.url}; open the same task again after that")
        try:
            if opened.approval is not None:
                opened = self._await_people(opened, opened.approval)
            if opened.status != "active":
                raise LaterError("not_active", f"task {opened.id} is {opened.status}, and nothing here waits for it")
        except BaseException:
            self._end(opened, "failure", _NOT_BEGUN)
            raise
        self._open = opened
        self._caches = {
            named.name: CredentialCache(self._url, opened.id, opened.token, opened.ends, named)
            for named in opened.credentials
        }
        self._signatures = {each.name: Signatures(self._url, opened.id, opened.token, each) for each in opened.signed}
        return self

    def __exit__(self, kind: Optional[type], error: object, traceback: object) -> None:
        opened = self._opened()
        sentence = f"Task {opened.id} has ended."
        for cache in self._caches.values():
            cache.end(sentence)
        for signatures in self._signatures.values():
            signatures.end(sentence)
        # The name of the error alone: its message may hold what the work read.
        outcome = ("success", "the work is done") if kind is None else ("failure", f"it raised {kind.__name__}")
        self._end(opened, *outcome)

    async def __aenter__(self) -> "Task":
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(self, kind: Optional[type], error: object, traceback: object) -> None:
        await asyncio.to_thread(self.__exit__, kind, error, traceback)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a task holds credentials and is not stored: keep its id")

    def __repr__(self) -> str:
        return f"<valetkey.Task {self._open.id if self._open else 'not open'}>"

    def _opened(self) -> OpenTask:
        if self._open is None:
            raise UsageError("usage", "the task is not open: use it in a with block")
        return self._open

    def _cache(self, account: Optional[str]) -> Tuple[NamedCredentials, CredentialCache]:
        for named in self._opened().credentials:
            if account is None or named.account == account:
                return named, self._caches[named.name]
        signed = self._opened().signed
        if any(account is None or each.account == account for each in signed):
            raise UsageError("no_credential", "the hub signs this task's requests: use task.boto3_session()")
        has = ", ".join([each.account for each in self._opened().credentials] + [each.account for each in signed])
        if not has:
            raise UsageError("no_credential", "the task has no AWS credentials: its intent asks for none")
        raise UsageError("no_credential", f"the task has no AWS credentials for account {account}; it has them for {has}")

    def _exchange(self, identity: str) -> OpenTask:
        """Retries an outage with the same idempotency key, so that a lost answer leaves no second task behind."""
        form = {**self._form, "idempotency_key": str(uuid.uuid4())}
        if self._delegation is not None:
            form.update(subject_token=self._delegation, subject_token_type=DELEGATION_TOKEN, actor_token=identity, actor_token_type=ID_TOKEN)
        elif self._person is None:
            form["subject_token"] = identity
        else:
            # RFC 8693, section 2.1: the person is the subject, and the agent acts.
            form.update(subject_token=self._person, actor_token=identity, actor_token_type=ID_TOKEN)
        answer = self._patiently(form)
        opened = task_of(answer)
        if opened is None:
            raise refusal_of(answer, urllib.parse.urlsplit(self._url).netloc, bearer_in_words(identity))
        return opened

    def _patiently(self, form: Mapping[str, str]) -> Optional[Answer]:
        answer = self._post_token(form)
        for pause in _OPEN_PAUSES:
            if not is_outage(answer):
                break
            time.sleep(pause)
            answer = self._post_token(form)
        return answer

    def _post_token(self, form: Mapping[str, str]) -> Optional[Answer]:
        return call(f"{self._url}/v1/token", method="POST", timeout=_OPEN_SECONDS, form=form, renews=True)

    def _await_people(self, opened: OpenTask, approval: Approval) -> OpenTask:
        """Polls until people have decided (RFC 8628, section 3.5), and returns the task with its credentials."""
        interval, reported = approval.interval, None
        while True:
            if approval.needed != reported:
                reported = approval.needed
                _LOG.info("task %s waits for %s: %s", opened.id, _waiting_for(approval), approval.url)
                if self._on_pending is not None:
                    self._on_pending(approval)
            time.sleep(interval)
            answer = self._post_token(_poll_form(opened))
            polled, is_pending = _polled(answer)
            if polled is not None:
                return polled
            # An outage is no decision. After the expiry, the service can only answer that the approval has expired.
            is_over = time.time() > approval.expires_at.timestamp() + _GRACE_SECONDS
            if not is_pending and (not is_outage(answer) or is_over):
                raise refusal_of(answer, urllib.parse.urlsplit(self._url).netloc)
            if answer is not None and answer.body.get("code") == "budget_spent":
                # People have approved, and the approval can be used once the budget allows it, if it lives so long.
                spent = refusal_of(answer, urllib.parse.urlsplit(self._url).netloc)
                if time.time() + (spent.retry_after or 0) > approval.expires_at.timestamp():
                    raise spent
                _LOG.info("task %s is approved, but not yet: %s", opened.id, spent.args[0])
                interval = max(interval, spent.retry_after or 0)
            elif answer is not None and answer.body.get("error") == "slow_down":
                interval += _SLOWER_SECONDS
            approval = (approval_of(answer) if answer is not None else None) or approval

    def _end(self, opened: OpenTask, outcome: str, detail: str) -> None:
        """Ends the task, so that its credentials stop working now and not at their deadline. Tries for ten seconds; a failure is logged, not raised."""
        answer = self._until_answered(opened, {"outcome": outcome, "detail": detail})
        if answer is not None and answer.status < 300:
            status, at = answer.body.get("status", "completed"), answer.body.get("ended_at")
            # A task that was not begun had no credentials, and the error of its opening reports what people decided.
            if status not in ("completed", "expired") and detail != _NOT_BEGUN:
                _LOG.warning("task %s was %s%s, before its work ended (%s)", opened.id, status, f" at {at}" if at else "", detail)
            return
        if answer is not None and answer.status < 500 and time.time() >= opened.ends:
            return
        why = f"the service answered {answer.status}" if answer is not None else "the service cannot be reached"
        _LOG.error(
            "task %s could not be ended (%s); its credentials work until %s at the latest; an operator can end it now: valetkey revoke %s",
            opened.id,
            why,
            datetime.fromtimestamp(opened.ends, timezone.utc).isoformat(timespec="seconds"),
            opened.id,
        )

    def _until_answered(self, opened: OpenTask, body: Mapping[str, str]) -> Optional[Answer]:
        end = time.monotonic() + _END_SECONDS
        pauses: List[float] = list(_END_PAUSES)
        while True:
            answer = call(
                f"{self._url}/v1/tasks/{opened.id}/complete",
                method="POST",
                timeout=max(0.1, min(_END_ATTEMPT_SECONDS, end - time.monotonic())),
                authorization=f"Bearer {opened.token}",
                body=body,
            )
            pause = pauses.pop(0) if len(pauses) > 1 else pauses[0]
            is_final = answer is not None and answer.status < 500 and answer.status != 429
            if is_final or time.monotonic() + pause >= end:
                return answer
            time.sleep(pause)


def _poll_form(opened: OpenTask) -> Dict[str, str]:
    return {
        "grant_type": TOKEN_EXCHANGE,
        "subject_token": opened.token,
        "subject_token_type": TASK_TOKEN,
        "requested_token_type": TASK_TOKEN,
    }


def _polled(answer: Optional[Answer]) -> Tuple[Optional[OpenTask], bool]:
    """Returns the task that people have approved, and True where they have not decided yet."""
    found = task_of(answer)
    if found is not None and found.approval is None:
        return found, False
    error = answer.body.get("error") if answer is not None else None
    return None, found is not None or error in ("authorization_pending", "slow_down")


def _waiting_for(approval: Approval) -> str:
    missing = [each for each in approval.needed if each.have < each.count]
    names = [_decider(each.group) if each.count == 1 else f"{each.group} ({each.have} of {each.count})" for each in missing]
    return " and ".join(names) or "its key, which people have approved"


def _decider(group: str) -> str:
    return "the person it acts for" if group == "@person" else group


#: Name of the class in a ``with`` statement.
task = Task
