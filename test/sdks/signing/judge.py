"""AWS of moto on a free port of 127.0.0.1, which answers a request only where botocore signs it the same way. Shares no code with valetkey.

Prints the port, and ends with its standard input. The argument is an address that answers the keys of a session by their id: GET /<access key id>.
GET /judge answers each request since the last such one: its key, service, host, operation, bytes, and the fault of its signature.

    python judge.py http://127.0.0.1:8123
"""

import datetime
import hashlib
import io
import json
import re
import sys
import threading
import urllib.request

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

KEYS_AT = sys.argv[1]
MOTO = DomainDispatcherApplication(create_backend_app)
TURN = threading.Lock()
SEEN = []
FORM = re.compile(r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8})/([\w-]+)/([\w-]+)/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})")
MOST_SECONDS = 300


def keys_of(key_id):
    with urllib.request.urlopen(f"{KEYS_AT}/{key_id}") as answer:
        found = json.load(answer)
    return Credentials(key_id, found["secretAccessKey"], found.get("sessionToken"))


def headers_of(environ):
    named = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            named[name.replace("_", "-").lower()] = environ[name]
    return named


def body_of(environ):
    """Reads no byte past the request: a connection stays open behind it."""
    if environ.get("wsgi.input_terminated"):
        return environ["wsgi.input"].read()
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


def fault_of(environ, headers, body):
    """Signs the request anew by botocore, from what arrived."""
    found = FORM.fullmatch(headers.get("authorization", ""))
    if not found:
        return "no signature"
    key_id, day, region, service, names, signature = found.groups()
    names = names.split(";")
    at = headers.get("x-amz-date", "")
    signed_at = datetime.datetime.strptime(at, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if at[:8] != day or abs((datetime.datetime.now(datetime.timezone.utc) - signed_at).total_seconds()) > MOST_SECONDS:
        return "the time is another"
    unsigned = [name for name in headers if name.startswith("x-amz-") and name not in names]
    if unsigned or "host" not in names:
        return f"unsigned: {unsigned}"
    stated = headers.get("x-amz-content-sha256", "")
    if re.fullmatch("[0-9a-f]{64}", stated) and hashlib.sha256(body).hexdigest() != stated:
        return "the body is another"
    keys = keys_of(key_id)
    if headers.get("x-amz-security-token") != keys.token:
        return "the session token is another"
    request = AWSRequest(method=environ["REQUEST_METHOD"], url=f"https://{headers['host']}{environ['RAW_URI']}")
    for name in names:
        request.headers[name] = headers.get(name, "")
    if "x-amz-content-sha256" not in names:
        request.headers["X-Amz-Content-SHA256"] = stated
    request.context["timestamp"] = at
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(keys, service, region)
    canonical = signer.canonical_request(request)
    if signer.signature(signer.string_to_sign(request, canonical), request) != signature:
        return f"botocore signs otherwise: {canonical!r}"
    return None


def answer(environ, start_response):
    if environ["PATH_INFO"] == "/judge":
        seen = json.dumps(SEEN).encode()
        SEEN.clear()
        start_response("200 OK", [("content-type", "application/json")])
        return [seen]
    headers = headers_of(environ)
    body = body_of(environ)
    try:
        fault = fault_of(environ, headers, body)
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
    found = FORM.fullmatch(headers.get("authorization", ""))
    SEEN.append(
        {
            "key": found and found[1],
            "service": found and found[4],
            "host": headers.get("host"),
            "operation": headers.get("x-amz-target", f"{environ['REQUEST_METHOD']} {environ['RAW_URI']}"),
            "bytes": len(body),
            "fault": fault,
        }
    )
    if fault:
        start_response("403 Forbidden", [("content-type", "text/plain")])
        return [fault.encode()]
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    with TURN:
        return list(MOTO(environ, start_response))


class Quiet(MotoRequestHandler):
    def log(self, *_):
        pass


server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
server.log = lambda *_: None
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.port, flush=True)
sys.stdin.read()
