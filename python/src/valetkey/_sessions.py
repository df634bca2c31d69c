"""Sessions of boto3 with the credentials of a task, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from ._answers import SignedSession
from ._credentials import CredentialCache
from ._signing import Signatures, sign_prepared
from .errors import UsageError, ValetkeyError

if TYPE_CHECKING:
    import boto3  # type: ignore[import-not-found, import-untyped, unused-ignore]


def boto3_session(cache: CredentialCache, region: Optional[str]) -> "boto3.Session":
    """Makes a session that reads credentials from the cache at each signature."""
    try:
        from botocore.credentials import Credentials, ReadOnlyCredentials  # type: ignore[import-not-found, import-untyped, unused-ignore]
        from botocore.exceptions import CredentialRetrievalError  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        raise UsageError("usage", _NO_BOTO3) from None

    class TaskCredentials(Credentials):  # type: ignore[misc, unused-ignore]
        def get_frozen_credentials(self) -> Any:
            try:
                held = cache.current()
            except ValetkeyError as error:
                raise CredentialRetrievalError(provider="valetkey", error_msg=str(error)) from None
            return ReadOnlyCredentials(held.access_key_id, held.secret_access_key, held.session_token)

        access_key = property(lambda self: self.get_frozen_credentials().access_key, lambda self, _: None)
        secret_key = property(lambda self: self.get_frozen_credentials().secret_key, lambda self, _: None)
        token = property(lambda self: self.get_frozen_credentials().token, lambda self, _: None)

    return _session_with(TaskCredentials("", "", method="valetkey"), region)


def signed_boto3_session(signed: SignedSession, signatures: Signatures, region: Optional[str]) -> "boto3.Session":
    """
    Makes a session that has no key. botocore signs each request by a key that nothing knows, and right before it is sent the hub's signature replaces that
    one. A presigned URL would carry the key that nothing knows, so it is refused.
    """
    try:
        from botocore.credentials import Credentials  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        raise UsageError("usage", _NO_BOTO3) from None

    def before_send(request: Any, event_name: str, **_: Any) -> None:
        sign_prepared(request, event_name.split(".")[1], signed, signatures)

    def before_sign(signature_version: Any, **_: Any) -> None:
        if "query" in str(signature_version):
            raise UsageError("usage", "a presigned URL needs a key, and the hub signs this task's requests: send the request itself")

    session = _session_with(Credentials("VALETKEYSIGNS", "no-key", method="valetkey"), region)
    session.events.register("before-send", before_send)
    session.events.register("before-sign", before_sign)
    return session


_NO_BOTO3 = "boto3 is missing: pip install 'valetkey[boto3]'"


def _session_with(credentials: Any, region: Optional[str]) -> "boto3.Session":
    """Makes a session with one provider: where the task is over, boto3 finds no other key in the environment or in ``~/.aws``."""
    try:
        import boto3
        from botocore.credentials import CredentialProvider, CredentialResolver  # type: ignore[import-not-found, import-untyped, unused-ignore]
        from botocore.session import Session  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        raise UsageError("usage", _NO_BOTO3) from None

    class TaskProvider(CredentialProvider):  # type: ignore[misc, unused-ignore]
        METHOD = CANONICAL_NAME = "valetkey"

        def load(self) -> Any:
            return credentials

    session = Session()
    session.register_component("credential_provider", CredentialResolver([TaskProvider()]))
    return boto3.Session(botocore_session=session, region_name=region)
