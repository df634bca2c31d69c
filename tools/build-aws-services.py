"""Writes two files of functions/core/signing from botocore (Apache-2.0).

- aws-services.json: hosts of AWS's services, and how each is signed.
- s3-operations.json: operations of S3, by what a request has besides its body.

Only for those who regenerate the files: nothing at run time needs Python or botocore. Read the diff afterwards.

    pip install botocore==1.44.8 && python tools/build-aws-services.py
"""

import json
import pathlib
import re
import sys

import botocore
import botocore.exceptions
import botocore.session
from botocore.endpoint_provider import EndpointProvider

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE = ROOT / "functions/core/signing/aws-services.json"
OPERATIONS = ROOT / "functions/core/signing/s3-operations.json"
PARTITIONS = {
    "aws": ("amazonaws.com", "api.aws"),
    "aws-cn": ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    "aws-us-gov": ("amazonaws.com", "api.aws"),
}
# IAM prefixes of services whose signing name is another. Source: Service Authorization Reference.
PREFIXES = {
    "cloudcontrolapi": "cloudformation",
    "iot-jobs-data": "iotjobsdata",
    "iotdata": "iot",
    "IoTSecuredTunneling": "iot",
    "monitoring": "cloudwatch",
    "mturk-requester": "mechanicalturk",
    "partnercentral-account": "partnercentral",
    "partnercentral-benefits": "partnercentral",
    "partnercentral-channel": "partnercentral",
    "partnercentral-marketing": "partnercentral",
    "partnercentral-selling": "partnercentral",
    "tagging": "tag",
}
# Hosts that name an account's own resource, or that only Signature Version 4A signs.
LEFT_OUT = {"apigatewaymanagementapi", "cloudfront-keyvaluestore", "s3control"}
# Parameters of rule sets that divide one service into several hosts.
KINDS = {"ApiType": ("ControlPlane", "DataPlane"), "ServiceType": ("ACM", "ACM-ACME")}
PROTOCOLS = ("json", "query", "ec2", "rest-json", "rest-xml")

SESSION = botocore.session.get_session()
LOADER = SESSION.get_component("data_loader")
RULES = LOADER.load_data("partitions")
REGIONS = {each["id"]: [name for name in each["regions"] if not name.endswith("-global")] for each in RULES["partitions"]}
GRANTED = {line.split("\t")[0] for line in (ROOT / "functions/core/catalogue/catalogue.ndjson").read_text().splitlines()[1:]}


def resolved(rules, partition, region, fips, dual):
    """Yields host, signing name and signing Region of one endpoint."""
    known = rules["parameters"]
    kind = next((name for name in KINDS if known.get(name, {}).get("required")), None)
    for value in KINDS.get(kind, (None,)):
        given = {"Region": region, "UseFIPS": fips, "UseDualStack": dual, "UseGlobalEndpoint": region == "aws-global", kind: value}
        try:
            endpoint = EndpointProvider(rules, RULES).resolve_endpoint(**{name: each for name, each in given.items() if name in known})
        except botocore.exceptions.EndpointProviderError:
            continue
        scheme = next((each for each in endpoint.properties.get("authSchemes", ()) if each["name"] in ("sigv4", "sigv4-s3express")), {})
        host = endpoint.url.removeprefix("https://").rstrip("/")
        if re.fullmatch(r"[a-z0-9.-]+", host) and "-global." not in host:
            yield host, scheme.get("signingName"), scheme.get("signingRegion")


def shortened(host, partition, prefix):
    """Writes `$` and `%` for the suffixes of a partition, and `~` for the endpoint prefix at a label's begin."""
    plain, dual = PARTITIONS[partition]
    for suffix, sign in ((dual, "%"), (plain, "$")):
        if host.endswith("." + suffix):
            host = host[: -len(suffix)] + sign
            break
    return re.sub(rf"(^|(?<=\.)|(?<=-)){re.escape(prefix)}(?=[.-])", "~", host, count=1)


def hosts_of(rules, prefix, labels):
    """Lists the hosts of each partition, the plain one first; and the signing names."""
    names, lists = set(), []
    for partition in PARTITIONS:
        regions = REGIONS[partition]
        templates, fixed = {}, {}
        for fips, dual in ((False, False), (False, True), (True, False), (True, True)):
            for region in [*regions, f"{partition}-global"]:
                for host, name, signing in resolved(rules, partition, region, fips, dual):
                    names.add(name)
                    for label in ("", *labels):
                        whole = label + host
                        if region in whole and signing in (None, "", region):
                            templates.setdefault(whole.replace(region, "*"), set()).add(region)
                        elif signing:
                            fixed.setdefault(whole, signing)
                        elif region in regions and not re.search(r"-\d\.", host):
                            # A host without a Region signs with that of the client: it is one Region's alone.
                            fixed.setdefault(whole, region)
        most = {each for each, found in templates.items() if len(found) >= len(regions) - (1 if len(regions) > 2 else 0)}
        for each, found in templates.items():
            if each not in most:
                for region in sorted(found):
                    fixed.setdefault(each.replace("*", region), region)
        covered = {each.replace("*", region) for each in most for region in regions}
        hosts = [each for each in templates if each in most]
        hosts += [f"{host}>{region}" for host, region in fixed.items() if host not in covered]
        # A client's configuration names the plain host.
        plain = next((host for host, *_ in resolved(rules, partition, regions[0], False, False)), "")
        hosts.sort(key=lambda each: each.split(">")[0].replace("*", regions[0]) != plain)
        short = [shortened(each.split(">")[0], partition, prefix) + ("".join(f">{r}" for r in each.split(">")[1:])) for each in hosts]
        lists.append(" ".join(short))
    return "|".join("=" if index and each == lists[0] else each for index, each in enumerate(lists)), names - {None}


shapes, services, left = {}, [], []
for service in SESSION.get_available_services():
    model = SESSION.get_service_model(service)
    data = model.metadata
    auth = data.get("auth", ["aws.auth#sigv4"] if data["signatureVersion"] in ("v4", "s3", "s3v4") else [])
    prefix = PREFIXES.get(model.signing_name, model.signing_name)
    if service in LEFT_OUT or "aws.auth#sigv4" not in auth or data["signatureVersion"] == "v2" or prefix not in GRANTED:
        left.append(service)
        continue
    labels = {model.operation_model(name).endpoint["hostPrefix"] for name in model.operation_names if model.operation_model(name).endpoint}
    labels = sorted(each for each in labels if "{" not in each)
    shape, names = hosts_of(LOADER.load_service_model(service, "endpoint-rule-set-1"), data["endpointPrefix"].lower(), labels)
    if names - {model.signing_name}:
        sys.exit(f"{service} signs as {names} and as {model.signing_name}")
    if shape.replace("|", "").replace("=", "") == "":
        left.append(service)
        continue
    spoken = data.get("protocols", [data["protocol"]])
    protocol = next((each for each in PROTOCOLS if each in spoken), data["protocol"])
    target = data.get("targetPrefix", "") if protocol == "json" else ""
    key = shapes.setdefault(shape, len(shapes))
    own = "" if model.signing_name == prefix else model.signing_name
    endpoint = "" if data["endpointPrefix"].lower() == prefix else data["endpointPrefix"].lower()
    services.append([prefix, data["serviceId"], own, PROTOCOLS.index(protocol) if protocol in PROTOCOLS else protocol, target, endpoint, key])

HEAD = {"source": "botocore", "version": botocore.__version__, "license": "Apache-2.0"}
rows = ["\t".join(map(str, each)).rstrip("\t") for each in sorted(services, key=lambda each: each[:2])]
text = json.dumps({**HEAD, "shapes": list(shapes), "services": rows}, indent=2) + "\n"
FILE.write_text(text)
print(f"{len(rows)} services, {len(shapes)} shapes, {len(text)} bytes; left out: {' '.join(left)}")


def parameters_of(operation, place):
    """Lists parameters of a query or headers: those that are required, and all."""
    shape = operation.input_shape
    members = shape.members if shape else {}
    found = {name: each.serialization["name"] for name, each in members.items() if each.serialization.get("location") == place}
    return [found[name] for name in found if name in shape.required_members], list(found.values())


# Operations of directory buckets and Object Lambda, at hosts that no list has.
ELSEWHERE = {"CreateSession", "ListDirectoryBuckets", "RenameObject", "WriteGetObjectResponse"}
PLACES = {"/": "service", "/{Bucket}": "bucket", "/{Bucket}/{Key+}": "object"}
model, operations = SESSION.get_service_model("s3"), []
for name in model.operation_names:
    operation = model.operation_model(name)
    if operation.deprecated or name in ELSEWHERE:
        continue
    path, _, query = operation.http["requestUri"].partition("?")
    required, known = parameters_of(operation, "querystring")
    # A parameter of the model's own path has the value that is there, or none.
    needed = [each if "=" in each else f"{each}=" for each in query.split("&") if each] + required
    headers = [each.lower() for each in parameters_of(operation, "header")[0]]
    optional = sorted(set(known) - set(required))
    operations.append("\t".join([operation.http["method"], PLACES[path], "&".join(needed), ",".join(optional), ",".join(headers), name]))
text = json.dumps({**HEAD, "operations": sorted(operations)}, indent=2) + "\n"
OPERATIONS.write_text(text)
print(f"{len(operations)} operations of S3, {len(text)} bytes")
