"""Writes schema.json, OCSF's JSON Schema of the classes that valetkey uses, from the released schema.

usage: pip install --target /tmp/ocsf ocsf-json-schema==1.2.0 && PYTHONPATH=/tmp/ocsf python3 test/judges/ocsf/build-schema.py

The package (MIT) holds the schema as schema.ocsf.io exports it (Apache-2.0, https://github.com/ocsf/ocsf-schema, tag v1.8.0) and writes JSON Schema.
What is left out makes the schema stricter, never wider: deprecated attributes, and attributes whose object is not in KEPT, are not allowed at all.
"""

import json
import pathlib

from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

VERSION = "1.8.0"
PROFILES = ["cloud", "security_control"]
CLASSES = {3003: "authorize_session", 3004: "entity_management", 6003: "api_activity", 2004: "detection_finding"}
KEPT = {
    "account", "actor", "api", "cloud", "evidences", "analytic", "finding_info", "group", "managed_entity", "metadata",
    "network_endpoint", "object", "policy", "product", "request", "resource_details", "service", "session", "user",
}


def refs_of(attribute):
    return attribute.get("$ref") or attribute.get("items", {}).get("$ref")


def pruned(schema):
    kept = {}
    for name, attribute in schema.get("properties", {}).items():
        ref = refs_of(attribute)
        if attribute.get("deprecated") or (ref and ref.removeprefix("#/$defs/") not in KEPT):
            assert name not in schema.get("required", []), f"{name} is required"
            continue
        kept[name] = {key: value for key, value in attribute.items() if key != "title"}
    rest = {key: value for key, value in schema.items() if key not in ("title", "properties", "$defs", "$id", "$schema")}
    return {**rest, "properties": kept}


source = OcsfJsonSchemaEmbedded(get_ocsf_schema(VERSION))
defs = {}
for uid, name in CLASSES.items():
    schema = source.get_class_schema(name, PROFILES)
    defs |= {key: pruned(value) for key, value in schema["$defs"].items() if key in KEPT}
    defs[f"class_{uid}"] = pruned(schema)

document = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$comment": f"OCSF {VERSION}, profiles {' and '.join(PROFILES)}, Apache-2.0, https://github.com/ocsf/ocsf-schema. Written by build-schema.py.",
    "$defs": dict(sorted(defs.items())),
}
path = pathlib.Path(__file__).with_name("schema.json")
path.write_text(json.dumps(document, separators=(",", ":")) + "\n")
print(f"{path}: {path.stat().st_size} bytes, OCSF {VERSION}")
