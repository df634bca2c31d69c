"""Reads the requests and answers of a run, one JSON object a line, by botocore's service models.

Each request is parsed and validated by the model of its operation, serialised again by botocore, and signed again with the session's key: all have to be
equal. Each answer is parsed by the model, and may hold nothing that the model does not know. Shares no code with valetkey.

    python judge.py wire.ndjson
"""

import base64
import collections
import datetime
import hashlib
import io
import json
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ET

import botocore.session
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

SESSION = botocore.session.get_session()
# Error codes that a service answers with and that its model does not list.
# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and, for S3,
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
COMMON_ERRORS = {
    "AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId", "SignatureDoesNotMatch",
    "Throttling", "ThrottlingException", "UnrecognizedClientException", "ValidationError", "ValidationException", "PreconditionFailed",
    "ServiceUnavailable", "InternalFailure",
}
# Headers of every request, which no model describes.
PLAIN_HEADERS = {
    "accept", "accept-encoding", "amz-sdk-invocation-id", "amz-sdk-request", "authorization", "connection", "content-length", "content-type",
    "expect", "host", "keep-alive", "user-agent", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-target", "x-amz-user-agent",
    "x-amzn-trace-id", "traceparent", "transfer-encoding", "accept-language", "sec-fetch-mode",
}
SECRETS = {}
FINDINGS = collections.Counter()
SEEN = collections.Counter()


def find(where, what):
    FINDINGS[(where, what)] += 1


class Wire:
    def __init__(self, line):
        pairs = line["headers"]
        self.method, self.status = line["method"], line["status"]
        self.path, _, self.query = line["url"].partition("?")
        self.headers = {pairs[i].lower(): pairs[i + 1] for i in range(0, len(pairs), 2)}
        self.body, self.answer = base64.b64decode(line["body"]), base64.b64decode(line["answer"])
        self.answer_headers = {k: v if isinstance(v, str) else str(v) for k, v in line["answerHeaders"].items()}
        claim = re.match(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$", self.headers["authorization"])
        self.key, self.date, self.region, self.service, signed, self.signature = claim.groups()
        self.signed = signed.split(";")


def operation_of(wire, model):
    protocol = model.metadata["protocol"]
    if "x-amz-target" in wire.headers:
        prefix, _, name = wire.headers["x-amz-target"].rpartition(".")
        if prefix != model.metadata["targetPrefix"]:
            find(wire.service, f"target prefix {prefix}")
        version = wire.headers.get("content-type")
        if version != f"application/x-amz-json-{model.metadata.get('jsonVersion')}":
            find(f"{wire.service}:{name}", f"content type {version}")
        return "json", model.operation_model(name)
    if protocol in ("query", "ec2") or "query" in model.metadata.get("protocols", []):
        form = dict(urllib.parse.parse_qsl(wire.body.decode(), keep_blank_values=True))
        if form.get("Version") != model.metadata["apiVersion"]:
            find(wire.service, f"version {form.get('Version')}")
        return "query", model.operation_model(form["Action"])
    found = [each for each in (model.operation_model(name) for name in model.operation_names) if fits(wire, each)]
    # The operation whose path and query name the most.
    found.sort(key=lambda each: (-each.http["requestUri"].count("{"), -literal(each), each.name))
    if not found:
        raise ValueError(f"no operation for {wire.method} {wire.path}?{wire.query}")
    return protocol, found[0]


def literal(operation):
    return len(urllib.parse.urlsplit(operation.http["requestUri"]).query)


def fits(wire, operation):
    uri, _, query = operation.http["requestUri"].partition("?")
    if operation.http["method"] != wire.method:
        return False
    names = {name: value for name, value in urllib.parse.parse_qsl(wire.query, keep_blank_values=True)}
    for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
        if names.get(name) != value:
            return False
    # Several operations of S3 share a path, and differ in a header or a parameter that they require.
    shape = operation.input_shape
    for member in shape.required_members if shape else []:
        how = shape.members[member].serialization
        place, name = how.get("location"), how.get("name")
        if place == "header" and name.lower() not in wire.headers:
            return False
        if place == "querystring" and name not in names:
            return False
    return re.fullmatch(pattern_of(uri), wire.path) is not None


def pattern_of(uri):
    parts = re.split(r"(\{[^}]+\})", uri)
    return "".join(
        f"(?P<{part[1:-1].rstrip('+')}>{'.+' if part.endswith('+}') else '[^/]+'})" if part.startswith("{") else re.escape(part)
        for part in parts
    ).replace("\\/", "/") + "/?"


def from_json(value, shape, where):
    kind = shape.type_name
    if kind == "structure":
        known = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
        result = {}
        for name, each in value.items():
            if name not in known:
                find(where, f"member {name} is not in {shape.name}")
                continue
            if each is None:
                continue
            result[known[name][0]] = from_json(each, known[name][1], where)
        return result
    if kind == "list":
        return [from_json(each, shape.member, where) for each in value]
    if kind == "map":
        return {name: from_json(each, shape.value, where) for name, each in value.items()}
    if kind == "blob":
        return base64.b64decode(value)
    if kind == "timestamp":
        return datetime.datetime.fromtimestamp(value, datetime.timezone.utc) if isinstance(value, (int, float)) else value
    return value


def from_query(form, shape, prefix, where):
    kind = shape.type_name
    if kind == "structure":
        result = {}
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            # A flattened list is named by its own element.
            if member.type_name == "list" and member.serialization.get("flattened") and "name" in member.member.serialization:
                wire = member.member.serialization["name"]
            path = f"{prefix}.{wire}" if prefix else wire
            if any(each == path or each.startswith(f"{path}.") for each in form):
                result[name] = from_query(form, member, path, where)
        return result
    if kind == "list":
        base = prefix if shape.serialization.get("flattened") else f"{prefix}.{shape.member.serialization.get('name', 'member')}"
        items = []
        while any(each == f"{base}.{len(items) + 1}" or each.startswith(f"{base}.{len(items) + 1}.") for each in form):
            items.append(from_query(form, shape.member, f"{base}.{len(items) + 1}", where))
        return items
    text = form[prefix]
    if kind in ("integer", "long"):
        return int(text)
    if kind == "boolean":
        return text == "true"
    return base64.b64decode(text) if kind == "blob" else text


def from_rest(wire, operation, where):
    shape = operation.input_shape
    if shape is None:
        return {}
    uri, _, fixed = operation.http["requestUri"].partition("?")
    labels = {name: urllib.parse.unquote(value) for name, value in re.fullmatch(pattern_of(uri), wire.path).groupdict().items()}
    query = dict(urllib.parse.parse_qsl(wire.query, keep_blank_values=True))
    for name, _ in urllib.parse.parse_qsl(fixed, keep_blank_values=True):
        query.pop(name, None)
    query.pop("x-id", None)
    result, headers = {}, set(wire.headers) - PLAIN_HEADERS
    for name, member in shape.members.items():
        how = member.serialization
        place, wired = how.get("location"), how.get("name", name)
        if place == "uri" and wired in labels:
            result[name] = labels[wired]
        elif place == "querystring" and wired in query:
            result[name] = scalar(query.pop(wired), member)
        elif place == "header" and wired.lower() in wire.headers:
            headers.discard(wired.lower())
            result[name] = scalar(wire.headers[wired.lower()], member)
        elif place == "headers":
            mine = {each for each in headers if each.startswith(wired.lower())}
            headers -= mine
            if mine:
                result[name] = {each[len(wired):]: wire.headers[each] for each in mine}
    payload = shape.serialization.get("payload")
    if payload and wire.body:
        member = shape.members[payload]
        result[payload] = wire.body if member.type_name == "blob" else from_xml(ET.fromstring(wire.body), member, where)
    for left in query:
        find(where, f"query parameter {left} is not in the model")
    for left in headers:
        find(where, f"header {left} is not in the model")
    return result


def scalar(text, shape):
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name == "boolean":
        return text == "true"
    return text


def from_xml(node, shape, where):
    kind = shape.type_name
    if kind == "structure":
        known = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
        result = {}
        for child in node:
            tag = child.tag.split("}")[-1]
            if tag not in known:
                find(where, f"element {tag} is not in {shape.name}")
                continue
            name, member = known[tag]
            if member.type_name == "list" and member.serialization.get("flattened"):
                result.setdefault(name, []).append(from_xml(child, member.member, where))
            else:
                result[name] = from_xml(child, member, where)
        return result
    if kind == "list":
        expected = shape.member.serialization.get("name", "member")
        for child in node:
            if child.tag.split("}")[-1] != expected:
                find(where, f"element {child.tag.split('}')[-1]} in a list of {expected}")
        return [from_xml(child, shape.member, where) for child in node]
    return scalar(node.text or "", shape)


def judge_request(wire, protocol, operation, where):
    shape = operation.input_shape
    if protocol == "json":
        sent = json.loads(wire.body)
        params = from_json(sent, shape, where) if shape else {}
    elif protocol == "query":
        sent = dict(urllib.parse.parse_qsl(wire.body.decode(), keep_blank_values=True))
        params = from_query(sent, shape, "", where) if shape else {}
    else:
        params = from_rest(wire, operation, where)
    report = ParamValidator().validate(params, shape) if shape else None
    if report is not None and report.has_errors():
        find(where, f"request: {report.generate_report()}"[:400])
    again = create_serializer(protocol, include_validation=False).serialize_to_request(params, operation)
    if protocol == "json":
        ours = sent
        theirs = json.loads(again["body"] or "{}")
    elif protocol == "query":
        ours, theirs = sent, {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in again["body"].items()}
    else:
        uri = urllib.parse.urlsplit(again["url_path"])
        names = {**dict(urllib.parse.parse_qsl(uri.query, keep_blank_values=True)), **{k: str(v) for k, v in again["query_string"].items()}}
        query = dict(urllib.parse.parse_qsl(wire.query, keep_blank_values=True))
        query.pop("x-id", None)
        ours = (urllib.parse.unquote(wire.path).rstrip("/"), query)
        theirs = (urllib.parse.unquote(uri.path).rstrip("/"), names)
        body = again["body"] if isinstance(again["body"], bytes) else str(again["body"] or "").encode()
        if body != wire.body and "x-amz-decoded-content-length" not in wire.headers:
            find(where, "botocore writes another body")
    if ours != theirs:
        find(where, f"botocore writes {json.dumps(theirs)[:200]} for {json.dumps(ours)[:200]}")


def judge_answer(wire, protocol, operation, where):
    is_stream = operation.has_streaming_output and wire.status < 300
    body = io.BytesIO(wire.answer) if is_stream else wire.answer
    answer = {"status_code": wire.status, "headers": wire.answer_headers, "body": body}
    parsed = create_parser(protocol).parse(answer, operation.output_shape)
    if wire.status >= 300:
        code = parsed.get("Error", {}).get("Code")
        named = {shape.error_code for shape in operation.error_shapes} | {shape.name for shape in operation.error_shapes}
        if code not in named | COMMON_ERRORS and not (wire.method == "HEAD" or wire.status == 304):
            find(where, f"error code {code} ({wire.status}) is neither the operation's nor common")
        return
    if parsed["ResponseMetadata"].get("HTTPStatusCode") != wire.status:
        find(where, "answer does not parse")
    shape = operation.output_shape
    if shape is None:
        return
    parsed.pop("ResponseMetadata")
    report = ParamValidator().validate(parsed, shape)
    if report.has_errors():
        find(where, f"answer: {report.generate_report()}"[:400])
    if protocol == "json":
        from_json(json.loads(wire.answer or b"{}"), shape, where)
    elif wire.answer.lstrip().startswith(b"<") and not shape.serialization.get("payload"):
        root = ET.fromstring(wire.answer)
        wrapper = shape.serialization.get("resultWrapper")
        if wrapper:
            inside = [child for child in root if child.tag.split("}")[-1] == wrapper]
            if len(inside) != 1:
                find(where, f"answer without {wrapper}")
                return
            root = inside[0]
        from_xml(root, shape, where)


def judge_signature(wire, where):
    secret = SECRETS.get(wire.key)
    if secret is None:
        find(where, "signed with a key that nobody issued")
        return
    # Where the request names the hash of its body, botocore signs that name.
    named = wire.headers.get("x-amz-content-sha256", "")
    if re.fullmatch(r"[0-9a-f]{64}", named) and named != hashlib.sha256(wire.body).hexdigest():
        find(where, "botocore signs otherwise: the hash is of another body")
    url = f"http://{wire.headers['host']}{wire.path}" + (f"?{wire.query}" if wire.query else "")
    request = AWSRequest(wire.method, url, {name: wire.headers[name] for name in wire.signed}, wire.body)
    request.context["timestamp"] = wire.headers["x-amz-date"]
    kind = S3SigV4Auth if wire.service == "s3" else SigV4Auth
    signer = kind(Credentials(wire.key, secret), wire.service, wire.region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    if signer.signature(text, request) != wire.signature:
        find(where, "botocore signs otherwise")


def main(path):
    lines = [json.loads(line) for line in open(path, encoding="utf-8")]
    for line in lines:
        if "secretAccessKey" in line:
            SECRETS[line["accessKeyId"]] = line["secretAccessKey"]
    models = {}
    for line in lines:
        if "secretAccessKey" in line:
            continue
        wire = Wire(line)
        if wire.service not in models:
            models[wire.service] = SESSION.get_service_model(wire.service)
        model = models[wire.service]
        try:
            protocol, operation = operation_of(wire, model)
            where = f"{wire.service}:{operation.name}"
            SEEN[where] += 1
            judge_request(wire, protocol, operation, where)
            judge_answer(wire, protocol, operation, where)
            # A denied request may be signed wrongly on purpose.
            if wire.status < 400:
                judge_signature(wire, where)
        except Exception as error:  # noqa: BLE001 - a request that breaks the judge is a finding
            find(f"{wire.service} {wire.method} {wire.path}", f"{type(error).__name__}: {error}"[:300])
    print(f"{sum(SEEN.values())} requests of {len(SEEN)} operations: {', '.join(sorted(SEEN))}")
    for (where, what), count in sorted(FINDINGS.items()):
        print(f"found {count} times: {where}: {what}")
    print(f"{len(FINDINGS)} findings")
    return 1 if FINDINGS or not SEEN else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
