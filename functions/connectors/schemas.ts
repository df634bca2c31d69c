import type { GenericSchema } from "valibot";
import type { ConnectorType, SectionName } from "../core/deployment/connector-type.ts";
import { GITHUB_SCHEMAS } from "./github/schemas.ts";
import { OAUTH_SCHEMAS } from "./oauth/schemas.ts";
import { POSTGRES_SCHEMAS } from "./postgres/schemas.ts";
import { SECRET_SCHEMAS } from "./secret/schemas.ts";

/**
 * Schemas of every connector, in the order of `CONNECTORS`. Only the build reads them; functions have their own
 * parsers.
 */
export const CONNECTOR_SCHEMAS = {
  postgres: POSTGRES_SCHEMAS,
  secret: SECRET_SCHEMAS,
  oauth: OAUTH_SCHEMAS,
  github: GITHUB_SCHEMAS,
} satisfies Readonly<
  Record<
    ConnectorType,
    { readonly section: object; readonly detail: GenericSchema; readonly credential: GenericSchema }
  >
>;

/** Sections of `valetkey.json` of all connectors. */
export const CONNECTOR_SECTIONS = {
  ...POSTGRES_SCHEMAS.section,
  ...SECRET_SCHEMAS.section,
  ...OAUTH_SCHEMAS.section,
  ...GITHUB_SCHEMAS.section,
} satisfies Readonly<Record<SectionName, GenericSchema>>;
