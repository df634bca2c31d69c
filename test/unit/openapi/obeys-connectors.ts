import * as v from "valibot";
import { credentialIssuedBefore } from "../../../contract/connected.ts";
import { CONNECTOR_SCHEMAS } from "../../../functions/connectors/schemas.ts";

const TYPED = v.looseObject({ type: v.string() });
const SCHEMAS: Readonly<Record<string, { readonly detail: v.GenericSchema; readonly credential: v.GenericSchema }>> =
  CONNECTOR_SCHEMAS;

/** True where each detail of a connector obeys that connector's schema, which the contract leaves open. */
export const obeysConnectors = (details: unknown): boolean =>
  v.parse(v.array(TYPED), details).every((detail) => {
    if (detail.type === "aws" || detail.type === "tool") return true;
    const schema = SCHEMAS[detail.type]?.detail;
    return schema !== undefined && v.is(schema, detail);
  });

/** True where each credential of a connector obeys that connector's schema, or is one that was issued before. */
export const areConnectors = (credentials: unknown): boolean =>
  v.parse(v.array(TYPED), credentials).every((credential) => {
    if (credential.type === "aws") return true;
    const schema = SCHEMAS[credential.type]?.credential;
    return schema !== undefined && v.is(v.union([schema, credentialIssuedBefore]), credential);
  });
