"""Sessions of boto3 with the credentials of a task, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from ._credentials import CredentialCache
from .errors import UsageError, ValetkeyError

if TYPE_CHECKING:
    import boto3  # type: ignore[import-not-found, import-untyped, unused-ignore]


def boto3_session(cache: CredentialCache, region: Optional[str]) -> "boto3.Session":
    """
    Makes a session that reads credentials from the cache at each signature. The session has this one provider: where the task is over, boto3 finds no
    other key in the environment or in ``~/.aws``.
    """
    try:
        import boto3
        from botocore.credentials import CredentialProvider, CredentialResolver, Credentials, ReadOnlyCredentials  # type: ignore[import-not-found, import-untyped, unused-ignore]
        from botocore.exceptions import CredentialRetrievalError  # type: ignore[import-not-found, import-untyped, unused-ignore]
        from botocore.session import Session  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        raise UsageError("usage", "boto3 is missing: pip install 'valetkey[boto3]'") from None

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

    class TaskProvider(CredentialProvider):  # type: ignore[misc, unused-ignore]
        METHOD = CANONICAL_NAME = "valetkey"

        def load(self) -> Any:
            return TaskCredentials("", "", method=self.METHOD)

    session = Session()
    session.register_component("credential_provider", CredentialResolver([TaskProvider()]))
    return boto3.Session(botocore_session=session, region_name=region)
