"""Sources of the agent's OIDC token: variables first, then the machine's own identity."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import urllib.parse
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Union

from ._service import call, safe_url
from .errors import IdentityError

#: Function that returns the agent's OIDC token for an audience, or the token itself.
Identity = Union[str, Callable[[str], str]]

#: Path of a pod's token that was projected for valetkey. Never the pod's default token, whose audience is the cluster's own API.
KUBERNETES_TOKEN_FILE = "/var/run/secrets/valetkey/token"

#: Variables that AWS sets in Lambda, ECS and EKS.
_AWS_WORKLOAD = (
    "AWS_LAMBDA_FUNCTION_NAME",
    "ECS_CONTAINER_METADATA_URI_V4",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
_FETCH_SECONDS = 10.0
_COMMAND_SECONDS = 30.0
_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


def identity_token(identity: Optional[Identity], audience: str) -> str:
    """Reads the agent's token from its source, and refuses one for another audience. No error quotes the text."""
    name, read = _source(identity, os.environ)
    token = read(audience).strip()
    # Accepts only a JWT, so that an HTML page or a wrong file is detected before it is sent.
    if not _JWT.fullmatch(token):
        raise _missing(f"the text from {name} is not a signed JWT")
    if _is_for_another(token, audience):
        raise _missing(f"the token from {name} is not for {audience}, and was not sent there: request a token for that audience")
    return token


def aws_identity(audience: str) -> str:
    """Fetches AWS's own token for the role of this process, by boto3. Source: GetWebIdentityToken, AWS STS API reference."""
    try:
        import boto3  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        raise _missing("AWS's own identity needs boto3: pip install 'valetkey[boto3]'") from None
    try:
        answer = boto3.client("sts").get_web_identity_token(
            Audience=[audience], SigningAlgorithm="ES384", DurationSeconds=60
        )
        return str(answer["WebIdentityToken"])
    except Exception as error:
        raise _missing(
            f"AWS STS gives no identity token ({type(error).__name__}); the role needs sts:GetWebIdentityToken, "
            "the account outbound web identity federation, and AWS_REGION must be set"
        ) from None


_Source = Tuple[str, Callable[[str], str]]


def _source(identity: Optional[Identity], env: Mapping[str, str]) -> _Source:
    if identity is not None:
        return "identity", (lambda _: identity) if isinstance(identity, str) else identity
    found = _variables(env)
    if len(found) > 1:
        raise _missing("set one of VALETKEY_TOKEN, VALETKEY_TOKEN_FILE, VALETKEY_TOKEN_URL and VALETKEY_TOKEN_COMMAND")
    found = found or _machine(env)
    if found:
        return found[0]
    if env.get("SPIFFE_ENDPOINT_SOCKET"):
        raise _missing(
            "this package does not speak the SPIFFE Workload API: set VALETKEY_TOKEN_COMMAND, or give identity=, a "
            "function that returns the JWT-SVID for an audience"
        )
    raise _missing(
        "there is no identity token. Looked for identity=, VALETKEY_TOKEN, _FILE, _URL and _COMMAND (GitLab: id_tokens: "
        "VALETKEY_TOKEN), GitHub Actions (give the job permissions: id-token: write), Kubernetes (a projected token at "
        f"{KUBERNETES_TOKEN_FILE}), AWS (Lambda, ECS or EKS; elsewhere give identity=valetkey.aws_identity)"
    )


def _variables(env: Mapping[str, str]) -> List[_Source]:
    token, path = env.get("VALETKEY_TOKEN"), env.get("VALETKEY_TOKEN_FILE")
    url, line = env.get("VALETKEY_TOKEN_URL"), env.get("VALETKEY_TOKEN_COMMAND")
    found: List[_Source] = []
    if token:
        found.append(("VALETKEY_TOKEN", lambda _: token))
    if path:
        found.append(("the token file", lambda _: _read_file(path)))
    if url:
        found.append(("the token address", lambda _: _fetch(safe_url(url, "VALETKEY_TOKEN_URL"), None, "the token address")))
    if line:
        found.append(("the token command", lambda audience: _run(line, audience)))
    return found


def _machine(env: Mapping[str, str]) -> List[_Source]:
    url, bearer = env.get("ACTIONS_ID_TOKEN_REQUEST_URL"), env.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    if url and bearer:
        return [("GitHub's token endpoint", lambda audience: _fetch_github(url, bearer, audience))]
    if os.path.exists(KUBERNETES_TOKEN_FILE):
        return [("the token file", lambda _: _read_file(KUBERNETES_TOKEN_FILE))]
    if not env.get("SPIFFE_ENDPOINT_SOCKET") and any(env.get(name) for name in _AWS_WORKLOAD):
        return [("AWS STS", aws_identity)]
    return []


def _fetch_github(url: str, bearer: str, audience: str) -> str:
    address = safe_url(url, "ACTIONS_ID_TOKEN_REQUEST_URL")
    query = urllib.parse.urlencode({"audience": audience})
    joined = f"{address}{'&' if urllib.parse.urlsplit(address).query else '?'}{query}"
    return _fetch(joined, f"Bearer {bearer}", "GitHub's token endpoint")


def _fetch(url: str, authorization: Optional[str], name: str) -> str:
    host = urllib.parse.urlsplit(url).netloc
    answer = call(url, timeout=_FETCH_SECONDS, authorization=authorization)
    if answer is None:
        raise _missing(f"{name} ({host}) cannot be reached")
    if not 200 <= answer.status < 300:
        raise _missing(f"{name} ({host}) answered {answer.status}")
    body = answer.body
    token = body.get("value", body.get("token"))
    return answer.text if token is None else str(token)


def _read_file(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(65_536)
    except (OSError, UnicodeDecodeError):
        raise _missing(f"the token file {path} cannot be read") from None


def _run(line: str, audience: str) -> str:
    """Runs a command line, split at white space and without a shell; ``{audience}`` in it is replaced by the audience."""
    words = [word.replace("{audience}", audience) for word in line.split()]
    if not words:
        raise _missing("the token command was not found: it is empty")
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, timeout=_COMMAND_SECONDS, check=True)
        return done.stdout.decode("utf-8", "replace")
    except FileNotFoundError:
        raise _missing(f"the token command {words[0]} was not found") from None
    except (OSError, subprocess.SubprocessError):
        raise _missing(f"the token command {words[0]} failed") from None


def _is_for_another(token: str, audience: str) -> bool:
    """True where a JWT's unverified ``aud`` names another audience: its recipient could use the token elsewhere."""
    claims = _claims_of(token)
    if claims is None:
        return False
    aud = claims.get("aud")
    return audience not in (aud if isinstance(aud, list) else [aud])


def bearer_in_words(token: str) -> str:
    """Names the unverified issuer and subject of a JWT, for its owner to register; empty where a value is no printable text."""
    claims = _claims_of(token) or {}
    issuer, subject = claims.get("iss"), claims.get("sub")
    for value in (issuer, subject):
        if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= _VALUE_CHARACTERS:
            return ""
    return f" The agent's token is of the issuer {json.dumps(issuer)}, and its subject is {json.dumps(subject)}."


#: Longest value that a binding may have; characters.
_VALUE_CHARACTERS = 512


def _claims_of(token: str) -> Optional[Dict[str, Any]]:
    """Decodes the claims of a JWT without a check; None where there are none."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, IndexError):
        return None
    return claims if isinstance(claims, dict) else None


def _missing(sentence: str) -> IdentityError:
    return IdentityError("no_identity", sentence)
