import type { Caller } from "../../contract/operation.ts";

/** Security schemes: the tokens with which a caller authenticates in a header. */
export const SECURITY_SCHEMES = {
  taskToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "vk_<task>_<256 random bits>",
    description: "The task token from the answer of `POST /v1/token`. The token is valid for its own task.",
  },
  taskTokenVerbatim: {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "The task token without a scheme, as the AWS SDKs send `AWS_CONTAINER_AUTHORIZATION_TOKEN`.",
  },
  toolServerToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The OIDC token of a tool server, a registered agent, for the audience `audiences.introspect`.",
  },
  operatorToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "A person's OIDC token from a configured issuer of kind `people`, for the audience `audiences.operate`. Policy decides which operations the person may do.",
  },
} as const;

type Requirement = Readonly<Partial<Record<keyof typeof SECURITY_SCHEMES, readonly never[]>>>;

/** Accepted security schemes by kind of route. OpenAPI cannot express a proof in a form, so descriptions name it. */
export const SECURITY: Readonly<Record<Caller, readonly Requirement[]>> = {
  anybody: [],
  agent: [],
  task: [{ taskToken: [] }, { taskTokenVerbatim: [] }],
  // `{}`: the assertion is in the form.
  "tool server": [{ toolServerToken: [] }, {}],
  operator: [{ operatorToken: [] }],
};
