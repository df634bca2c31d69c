import type { GenericSchema } from "valibot";
import type { ConnectorDefinition } from "../../functions/connectors/connector-definition.ts";
import { GITHUB } from "../../functions/connectors/github/definition.ts";
import { CONNECTOR_SECTIONS } from "../../functions/connectors/schemas.ts";
import type { ConnectorType, SectionName } from "../../functions/core/deployment/connector-type.ts";

// Lists of connectors that must not compile: one lacks a connector, another confuses two. `tsc` fails where a line
// below would compile.

type Complete = { readonly [T in ConnectorType]: ConnectorDefinition<T> };

declare const complete: Complete;
export const right: Complete = { ...complete, github: GITHUB };

const { github: __, ...lacking } = complete;
// @ts-expect-error a connector was forgotten
export const forgotten: Complete = lacking;

// @ts-expect-error a definition under another connector's type
export const confused: Complete = { ...complete, oauth: GITHUB };

const { githubApps: _, ...others } = CONNECTOR_SECTIONS;
// @ts-expect-error a section of valetkey.json has no schema
export const unread: Readonly<Record<SectionName, GenericSchema>> = others;

// @ts-expect-error a connector with a section has to name its own secrets
export const leased: ConnectorDefinition<"github">["section"] = { name: "githubApps", nameOf: ({ owner }) => owner };

// @ts-expect-error a connector with a section has to define it
export const homeless: ConnectorDefinition<"github"> = { ...GITHUB, section: null };
