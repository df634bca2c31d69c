"""Signs generated requests again by botocore, and lists what botocore sends, for valetkey to read. Shares no code with valetkey.

    python judge.py sign < signed.ndjson      findings, one a line
    python judge.py endpoints                 hosts of each service, one JSON object a line
    python judge.py operations                serialised requests, one JSON object a line
"""

import datetime
import json
import sys
import urllib.parse

import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.serialize import create_serializer

SESSION = botocore.session.get_session()
LOADER = SESSION.get_component("data_loader")


def sign():
    count = 0
    for line in sys.stdin:
        case = json.loads(line)
        own = dict(case["added"])
        url = f"https://{case['host']}{case['path']}" + (f"?{case['query']}" if case["query"] else "")
        request = AWSRequest(method=case["method"], url=url)
        for name, value in case["headers"]:
            request.headers[name] = value
        # botocore signs the hash that is in this header.
        request.headers["X-Amz-Content-SHA256"] = case["payloadHash"]
        at = datetime.datetime.fromtimestamp(case["atMs"] / 1000, datetime.timezone.utc)
        keys = Credentials(case["accessKeyId"], case["secretAccessKey"], case["sessionToken"])
        kind = botocore.auth.S3SigV4Auth if case["signsAs"] == "s3" else botocore.auth.SigV4Auth
        signer = kind(keys, case["signsAs"], case["region"])
        request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
        request.headers["X-Amz-Date"] = request.context["timestamp"]
        request.headers["X-Amz-Security-Token"] = case["sessionToken"]
        canonical = signer.canonical_request(request)
        signature = signer.signature(signer.string_to_sign(request, canonical), request)
        names = signer.signed_headers(signer.headers_to_sign(request))
        expected = f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={names}, Signature={signature}"
        if own["authorization"] != expected:
            print(f"botocore signs otherwise: {json.dumps(case)}: {expected}: {canonical!r}")
        count += 1
    print(f"{count} signatures", file=sys.stderr)


def endpoints():
    rules = LOADER.load_data("partitions")
    for service in SESSION.get_available_services():
        model = SESSION.get_service_model(service)
        ruleset = LOADER.load_service_model(service, "endpoint-rule-set-1")
        provider = EndpointProvider(ruleset, rules)
        for partition in rules["partitions"]:
            for region in partition["regions"]:
                for fips in (False, True):
                    for dual in (False, True):
                        given = {"Region": region, "UseFIPS": fips, "UseDualStack": dual, "UseGlobalEndpoint": region == "aws-global"}
                        given = {name: each for name, each in given.items() if name in ruleset["parameters"]}
                        try:
                            endpoint = provider.resolve_endpoint(**given)
                        except EndpointProviderError:
                            continue
                        scheme = next((each for each in endpoint.properties.get("authSchemes", ()) if each["name"] == "sigv4"), {})
                        print(json.dumps({
                            "sdk": service,
                            "signature": model.metadata["signatureVersion"],
                            "partition": partition["id"],
                            "region": scheme.get("signingRegion") or region,
                            "signsAs": scheme.get("signingName") or model.signing_name,
                            "host": urllib.parse.urlsplit(endpoint.url).netloc,
                        }))


def value_of(shape, depth=0):
    kind = shape.type_name
    if kind == "structure":
        return {name: value_of(shape.members[name], depth + 1) for name in shape.required_members} if depth < 6 else {}
    if kind == "list":
        return [value_of(shape.member, depth + 1)]
    if kind == "map":
        return {}
    if kind == "blob":
        return b""
    if kind == "boolean":
        return True
    if kind == "timestamp":
        return datetime.datetime(2026, 12, 3, tzinfo=datetime.timezone.utc)
    if kind in ("integer", "long", "float", "double"):
        return 1
    return (shape.enum or ["bucket"])[0]


def operations():
    for service in SESSION.get_available_services():
        model = SESSION.get_service_model(service)
        if service != "s3" and "json" not in model.metadata.get("protocols", [model.metadata["protocol"]]):
            continue
        protocol = "rest-xml" if service == "s3" else "json"
        for name in model.operation_names:
            operation = model.operation_model(name)
            if operation.deprecated:
                continue
            shape = operation.input_shape
            serializer = create_serializer(protocol, include_validation=False)
            for whole in (False, True):
                parameters = value_of(shape) if shape else {}
                if whole and shape and service == "s3":
                    # Whatever else a query may have.
                    for member, each in shape.members.items():
                        if each.serialization.get("location") == "querystring":
                            parameters.setdefault(member, value_of(each))
                sent = serializer.serialize_to_request(parameters, operation)
                query = sent["query_string"]
                text = query if isinstance(query, str) else urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
                path, _, more = sent["url_path"].partition("?")
                print(json.dumps({
                    "sdk": service,
                    "signsAs": model.signing_name,
                    "target": model.metadata.get("targetPrefix"),
                    "operation": name,
                    "method": sent["method"],
                    "path": path,
                    "query": "&".join(each for each in (more, text) if each),
                    "headers": [[key, str(value)] for key, value in sent["headers"].items()],
                }))


{"sign": sign, "endpoints": endpoints, "operations": operations}[sys.argv[1]]()
