import type { ConnectorDefinition } from "../connector-definition.ts";
import { textsIn } from "../texts-in.ts";

declare module "../../core/deployment/connector-type.ts" {
  interface ConnectorTypes {
    readonly secret: null;
  }
}

/**
 * Secrets of AWS Secrets Manager. valetkey's tag on a secret, and no section of `valetkey.json`, makes it available.
 */
export const SECRET = {
  type: "secret",
  keepsTokens: false,
  diesWhenRevoked: false,
  section: null,
  actions: { "secret:Read": { resource: "Secret", groups: [] } },
  reached: ({ identifiers }) => textsIn(identifiers),
  entities: `
// A secret of AWS Secrets Manager, by its name: secret:Read.
entity Secret {
  name: String,
};
`,
  threat: {
    credential: "value of a secret",
    thief: "Does whatever the value opens, wherever it opens it, until somebody changes it.",
    endsWithTask: false,
    longest: null,
    revoked:
      "A value that was read stays known. With @rotateAfterUse the secret is rotated after the task, and leased to nobody before; a secret without it stays as it is.",
    outlives:
      "Until the next rotation. Nothing bounds a value that is not rotated: neither the task's deadline nor the fence does.",
    others:
      "Every task that is leased it, one at a time where it is exclusive or rotated after use; whoever may read the secret at Secrets Manager.",
    residual: [
      "What the value opens is not known here, and neither is its use.",
      "A value that was changed by hand is not seen as changed.",
    ],
  },
} as const satisfies ConnectorDefinition<"secret">;
