import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

const schema = JSON.parse(readFileSync(new URL("schema.json", import.meta.url), "utf8")) as object;
const ajv = new Ajv2020({ allErrors: true, strict: false, schemas: { ocsf: schema } });

/** Faults of an event by OCSF's own JSON Schema of its class; none where it is valid. */
export function ocsfFaults(event: { readonly class_uid: number }): readonly string[] {
  const validate = ajv.getSchema(`ocsf#/$defs/class_${event.class_uid}`);
  if (!validate) return [`class ${event.class_uid} is not in the schema`];
  validate(event);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
