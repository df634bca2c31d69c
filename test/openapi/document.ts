import { readFileSync } from "node:fs";
import { LIMITS, RATE_LIMITS } from "../../contract/limits.ts";
import { REFUSALS } from "../../contract/refusals.ts";
import { keyOf, ROUTES } from "../../functions/routes.ts";
import { URL_OF_HUB } from "../fakes/world/world.ts";
import { componentSchemas } from "./component-schemas.ts";
import { documentOperation } from "./document-operation.ts";
import { FAILURE, HEADERS, UNCHANGED } from "./document-responses.ts";
import type { Tag } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { recordOperation } from "./recording/record.ts";
import { SECURITY_SCHEMES } from "./security.ts";

const PACKAGE = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

const TAGS: Readonly<Record<Tag, string>> = {
  Exchange: "From an agent's proof to a task and its credentials.",
  Tasks: "An existing task, for its holder and for the tool servers that it is shown to.",
  Operators: "For people: registration, inspection and revocation.",
  Approvals: "For people who decide about a request before anything is handed out.",
  Consents: "For people who let an agent act for them, or withdraw that consent.",
};

const DESCRIPTION = `${PACKAGE.description}

OAuth 2.0 where there is a standard: RFC 8414, 8693, 9396, 7662, 7009. Any OAuth client library can drive it.

**Requests.** OAuth endpoints take \`application/x-www-form-urlencoded\`, each parameter at most once, and ignore unknown parameters; the others take \`application/json\` and refuse unknown fields. A body has at most ${LIMITS.bodyBytes / 1_024} KiB.

**Answers** are JSON and may not be stored. Later versions may add fields: ignore unknown ones.

**Refusals** are OAuth's errors (\`error\`, \`error_description\`) with a stable \`code\`: branch on that. 5xx is no decision, and nothing was handed out: retry. Retry \`POST /v1/token\` under an \`idempotency_key\`, since the token may count as used. A caller with more than ${RATE_LIMITS.refusal} refusals in a minute has to wait (\`too_many_requests\`). A request that matches no route gets 404 and \`code\` \`not_found\`: "${REFUSALS.not_found[2]}" A wrong method at an address gets 405, \`method_not_allowed\` and \`Allow\`. API Gateway may answer before valetkey, with \`{"message": "..."}\` and no \`code\`: 429 above its rate, 413, and 5xx where it could not reach a function.

The examples are answers of the functions in a test; only tokens and credentials are placeholders.`;

/** Refusals that belong to no single route. */
export const OUTSIDE_ROUTES = ["not_found", "method_not_allowed"] as const;

/** Builds the OpenAPI document from the route table, the schemas, and the handlers' recorded answers. */
export async function buildDocument() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    const operation = OPERATIONS[keyOf(route)];
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: documentOperation(route, operation, await recordOperation(operation)),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: PACKAGE.name,
      version: PACKAGE.version,
      description: DESCRIPTION,
      license: { name: "Apache License 2.0", identifier: PACKAGE.license },
    },
    servers: [
      {
        url: "{url}",
        description: "Your deployment",
        variables: { url: { default: URL_OF_HUB, description: "`url` of `valetkey.json`" } },
      },
    ],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: componentSchemas(),
      responses: { Failure: FAILURE, Unchanged: UNCHANGED },
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}
