"""Answers of the service as values; an incomplete answer counts as none."""

from __future__ import annotations

import json
import math
import re
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Dict, Mapping, Optional, Tuple

from ._service import Answer
from .errors import Denial, IntentError, LaterError, RefusedError, UnavailableError, ValetkeyError, in_arguments

_TASK_ID = re.compile(r"\w[\w.-]*", re.ASCII)
_NAME = re.compile(r"[\w-]+", re.ASCII)
_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z0-9-]{1,32}")
_VARIABLE = re.compile(r"AWS_ENDPOINT_URL_[A-Z0-9_]{1,64}")
_HOST = re.compile(r"[a-z0-9.{}-]{4,253}")
_HEADER = re.compile(r"[\x21-\x7e]+")

#: Codes of requests that ended without a decision, and so without a denial.
_LATER = ("approval_expired", "approval_void", "label_conflict")


@dataclass(frozen=True)
class AwsCredentials:
    """Temporary credentials of AWS. ``expiration`` is by this machine's clock, with which SDKs compare it."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expiration: datetime

    @property
    def ends(self) -> float:
        """Moment of the expiration; seconds since the epoch."""
        return self.expiration.timestamp()


@dataclass(frozen=True)
class NamedCredentials:
    """Credentials of the task for one AWS account."""

    #: Name in renewals: ``aws-0``.
    name: str
    account: str
    region: Optional[str]
    credentials: AwsCredentials


@dataclass(frozen=True)
class ServedService:
    """Service for which the hub signs requests."""

    service: str
    #: Variable by which SDKs take another address: ``AWS_ENDPOINT_URL_S3``.
    variable: str
    #: Host, with ``{region}`` in place of a Region where it has one.
    host: str


@dataclass(frozen=True)
class SignedSession:
    """Session of the task for one AWS account that stays in the hub, which signs requests by it."""

    #: Name in renewals and signatures: ``aws-0``.
    name: str
    account: str
    region: Optional[str]
    #: Fence, before which the session is to be renewed; by this machine's clock, seconds since the epoch.
    ends: float
    endpoints: Tuple[ServedService, ...]


@dataclass(frozen=True)
class IssuedCredential:
    """Credential that a connector issued for the task: a login, a secret, a token. Ends with the task, and is not renewed."""

    #: The connector's type: ``postgres``.
    type: str
    #: Name: ``postgres-0``.
    name: str
    #: Whole credential, as in the service's answer.
    fields: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class NeededVotes:
    """Votes of one group: the number needed, and the number cast."""

    group: str
    count: int
    have: int


@dataclass(frozen=True)
class Approval:
    """Request that people decide about before the task gets credentials."""

    id: str
    needed: Tuple[NeededVotes, ...]
    #: Expiry, from which nobody can approve; by this machine's clock.
    expires_at: datetime
    #: Page on which people decide.
    url: str
    #: Shortest time between two polls; seconds.
    interval: float


@dataclass(frozen=True)
class OpenTask:
    """Open task, from the service's answer. The caller must end it."""

    id: str
    #: Sent only to valetkey, never printed.
    token: str = field(repr=False)
    status: str
    #: By this machine's clock; seconds since the epoch.
    ends: float
    credentials: Tuple[NamedCredentials, ...]
    #: Sessions that stay in the hub, in place of credentials.
    signed: Tuple[SignedSession, ...]
    issued: Tuple[IssuedCredential, ...]
    granted: Tuple[Mapping[str, Any], ...]
    denials: Tuple[Denial, ...]
    approval: Optional[Approval]


def task_of(answer: Optional[Answer]) -> Optional[OpenTask]:
    """Parses an answer as a task; None for any other answer, and for an incomplete task."""
    if answer is None or answer.status != 200:
        return None
    body, ahead = answer.body, answer.ahead
    task, token = _record(body.get("task")), body.get("access_token")
    deadline = _instant(task.get("expires_at"))
    lifetime = body.get("expires_in")
    ends = deadline + ahead if deadline is not None else None
    if ends is None and isinstance(lifetime, (int, float)):
        ends = time.time() + lifetime
    task_id = task.get("id")
    if not _is(_HEADER, token) or not _is(_TASK_ID, task_id) or ends is None:
        return None
    listed = body.get("credentials")
    listed = [_record(each) for each in listed] if isinstance(listed, list) else []
    named = [_named(each, ahead) for each in listed if each.get("type") == "aws"]
    signed = [_signed(each, ahead) for each in listed if each.get("type") == "aws-sign"]
    issued = [_issued(each) for each in listed if each.get("type") not in ("aws", "aws-sign")]
    if None in named or None in signed or None in issued:
        return None
    granted, denials = body.get("authorization_details"), body.get("denials")
    return OpenTask(
        id=str(task_id),
        token=str(token),
        status=str(task.get("status")),
        ends=ends,
        credentials=tuple(each for each in named if each is not None),
        signed=tuple(each for each in signed if each is not None),
        issued=tuple(each for each in issued if each is not None),
        granted=tuple(_record(each) for each in granted) if isinstance(granted, list) else (),
        denials=tuple(_denial(_record(each)) for each in denials) if isinstance(denials, list) else (),
        approval=approval_of(answer),
    )


def credentials_of(body: Mapping[str, Any], ahead: float) -> Optional[AwsCredentials]:
    """Parses credentials; None where one of the four fields is missing: credentials without an end do not count as endless."""
    key, secret, token = body.get("AccessKeyId"), body.get("SecretAccessKey"), body.get("Token")
    end = _instant(body.get("Expiration"))
    if not isinstance(key, str) or not isinstance(secret, str) or not isinstance(token, str) or end is None:
        return None
    return AwsCredentials(key, secret, token, datetime.fromtimestamp(end + ahead, timezone.utc))


def kept_session_ends(answer: Answer) -> Optional[float]:
    """Parses the renewal of a session that stays in the hub: its fence, by this machine's clock; None for any other answer."""
    end = _instant(answer.body.get("Expiration")) if answer.status == 200 else None
    return None if end is None else end + answer.ahead


def approval_of(answer: Answer) -> Optional[Approval]:
    """Parses the approval in an answer; None where there is none, or an incomplete one."""
    body = answer.body
    found = _record(_record(body.get("task")).get("approval") or body.get("approval"))
    ends, needed, url = _instant(found.get("expires_at")), found.get("needed"), found.get("url")
    if not _is(_TASK_ID, found.get("id")) or ends is None or not isinstance(needed, list) or not isinstance(url, str):
        return None
    interval = body.get("interval")
    return Approval(
        id=str(found["id"]),
        needed=tuple(_votes(_record(each)) for each in needed),
        expires_at=datetime.fromtimestamp(ends + answer.ahead, timezone.utc),
        url=url,
        interval=float(interval) if isinstance(interval, (int, float)) and interval > 0 else 5.0,
    )


def refusal_of(answer: Optional[Answer], host: str, bearer: str = "") -> ValetkeyError:
    """Translates an answer without a task to an error. ``bearer`` names the agent's issuer and subject, for an unregistered one."""
    if answer is None:
        return UnavailableError(
            "unreachable", f"{host} cannot be reached; a task that it opened all the same ends by itself at its deadline"
        )
    # A 2xx without a task, or a 3xx: the server is not valetkey.
    if answer.status < 400:
        return UnavailableError("answer_unreadable", "the answer is not one of valetkey's; check the url")
    body = answer.body
    error, code, sentence = body.get("error"), body.get("code"), body.get("error_description")
    if not isinstance(sentence, str):
        sentence = f"the service answered {answer.status} without saying why"
    budget, seconds = body.get("budget"), body.get("retry_after")
    if isinstance(budget, str) and isinstance(seconds, int):
        sentence = _spent(budget, seconds)
    elif answer.retry_after is not None:
        sentence += f" Try again in {_wait(math.ceil(answer.retry_after))}."
    event = code if isinstance(code, str) else error if isinstance(error, str) else "refused"
    if event == "agent_unknown":
        sentence += bearer
    listed = body.get("denials")
    denials = [_denial(_record(each)) for each in listed] if isinstance(listed, list) else []
    reason = body.get("reason")
    reason = reason if isinstance(reason, str) and reason else None
    if reason is not None:
        sentence += f" The reason: {json.dumps(reason)}"
    return _kind(answer.status, error, event)(event, sentence, denials, reason, answer.retry_after)


def _spent(budget: str, seconds: int) -> str:
    """Explains a spent budget of policy, and what helps, in the words of the command."""
    free = datetime.fromtimestamp(math.ceil(time.time() + seconds), timezone.utc)
    return (
        f'The budget "{budget}" of policy is spent: it allows no further task before {free:%Y-%m-%dT%H:%M:%SZ}, '
        f"in {_wait(seconds)}. Waiting helps; to repeat the request or to reword it does not."
    )


def _wait(seconds: int) -> str:
    """Writes a time to wait, no shorter than it is: 30 s, 21 min, 1 h 2 min."""
    minutes = math.ceil(seconds / 60)
    if seconds < 60:
        return f"{seconds} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def sentence_of(answer: Answer) -> str:
    """Returns the sentence of an error: the container protocol's ``Message``, or OAuth's ``error_description``."""
    sentence = answer.body.get("Message", answer.body.get("error_description"))
    return sentence if isinstance(sentence, str) else f"valetkey answered {answer.status}."


def _kind(status: int, error: object, event: str) -> type[ValetkeyError]:
    if status >= 500:
        return UnavailableError
    if status == 429 or event in _LATER:
        return LaterError
    return IntentError if error == "invalid_authorization_details" else RefusedError


def _denial(body: Mapping[str, Any]) -> Denial:
    policy, hint = body.get("policy"), body.get("hint")
    return Denial(
        action=str(body.get("action")),
        target=str(body.get("target")),
        reason=str(body.get("reason")),
        policy=policy if isinstance(policy, str) else None,
        hint=in_arguments(hint) if isinstance(hint, str) else None,
    )


def _named(body: Mapping[str, Any], ahead: float) -> Optional[NamedCredentials]:
    credentials, name, account, region = credentials_of(body, ahead), body.get("name"), body.get("account"), body.get("region")
    if credentials is None or not _is(_NAME, name) or not _is(_ACCOUNT, account):
        return None
    if region is not None and not _is(_REGION, region):
        return None
    return NamedCredentials(str(name), str(account), None if region is None else str(region), credentials)


def _signed(body: Mapping[str, Any], ahead: float) -> Optional[SignedSession]:
    name, account, region, end = body.get("name"), body.get("account"), body.get("region"), _instant(body.get("expires_at"))
    endpoints = body.get("endpoints")
    if not _is(_NAME, name) or not _is(_ACCOUNT, account) or end is None or not isinstance(endpoints, list):
        return None
    if region is not None and not _is(_REGION, region):
        return None
    services = [_served(_record(each)) for each in endpoints]
    served = tuple(each for each in services if each is not None)
    if len(served) < len(services):
        return None
    return SignedSession(str(name), str(account), None if region is None else str(region), end + ahead, served)


def _served(body: Mapping[str, Any]) -> Optional[ServedService]:
    service, variable, host = body.get("service"), body.get("variable"), body.get("host")
    if not isinstance(service, str) or not _is(_VARIABLE, variable) or not _is(_HOST, host):
        return None
    return ServedService(service, str(variable), str(host))


def _issued(body: Dict[str, Any]) -> Optional[IssuedCredential]:
    kind, name = body.get("type"), body.get("name")
    if not isinstance(kind, str) or not _is(_NAME, name):
        return None
    return IssuedCredential(kind, str(name), body)


def _votes(body: Mapping[str, Any]) -> NeededVotes:
    return NeededVotes(str(body.get("group")), _whole(body.get("count"), 1), _whole(body.get("have"), 0))


def _whole(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _record(value: object) -> Dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is(pattern: "re.Pattern[str]", value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _instant(value: object) -> Optional[float]:
    """Converts an RFC 3339 text, or seconds since the epoch, to seconds since the epoch."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        return None
    try:
        # Python before 3.11 reads neither "Z" nor fractions of other than three or six digits.
        text = re.sub(r"(\.\d{3})\d*", r"\1", value.replace("Z", "+00:00"))
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None
