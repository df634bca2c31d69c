import type { ConnectorDefinition } from "../connector-definition.ts";

declare module "../../core/deployment/connector-type.ts" {
  interface ConnectorTypes {
    readonly secret: null;
  }
}

/** Secrets of AWS Secrets Manager that carry valetkey's tag: the tag says which there are, and no section of `valetkey.json`. */
export const SECRET = {
  type: "secret",
  keepsTokens: false,
  section: null,
  actions: { "secret:Read": { resource: "Secret", groups: [] } },
  entities: `
// A secret of AWS Secrets Manager, by its name: secret:Read.
entity Secret {
  name: String,
};
`,
} as const satisfies ConnectorDefinition<"secret">;
