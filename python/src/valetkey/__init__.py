"""AWS credentials for one task of an AI agent, taken back when the task ends."""

from ._answers import Approval, AwsCredentials, IssuedCredential, NeededVotes
from ._delegation import Delegation
from ._identity import aws_identity
from ._task import Task, aws, task
from .errors import (
    Denial,
    IdentityError,
    IntentError,
    LaterError,
    RefusedError,
    UnavailableError,
    UsageError,
    ValetkeyError,
)

__all__ = [
    "Approval",
    "AwsCredentials",
    "Delegation",
    "Denial",
    "IdentityError",
    "IntentError",
    "IssuedCredential",
    "LaterError",
    "NeededVotes",
    "RefusedError",
    "Task",
    "UnavailableError",
    "UsageError",
    "ValetkeyError",
    "aws",
    "aws_identity",
    "task",
]
