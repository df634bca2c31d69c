import * as v from "valibot";
import { CONNECTOR_SCHEMAS } from "../../../functions/connectors/schemas.ts";

const DETAIL = v.looseObject({ type: v.string() });
const SCHEMAS: Readonly<Record<string, { readonly detail: v.GenericSchema }>> = CONNECTOR_SCHEMAS;

/** True where each detail of a connector obeys that connector's schema, which the contract leaves open. */
export const obeysConnectors = (details: unknown): boolean =>
  v.parse(v.array(DETAIL), details).every(({ type, ...rest }) => {
    if (type === "aws" || type === "tool") return true;
    const schema = SCHEMAS[type]?.detail;
    return schema !== undefined && v.is(schema, { type, ...rest });
  });
