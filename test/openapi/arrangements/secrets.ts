import { agentId } from "../../../contract/agent-id.ts";
import type * as secrets from "../../../contract/secrets.ts";
import type { RouteKey } from "../../../functions/routes.ts";
import type { FakeWorld } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

/** Adds a secret that a task holds, and that is due for rotation once the task has ended. */
async function withSecret(world: FakeWorld, kind = "postgres-alternating"): Promise<void> {
  const now = world.nowSeconds();
  const { name, arn } = world.ports.inventory.add("reports/login", { kind, rotatedAt: now - 86_400 });
  await world.ports.locks.take([{ name, arn, rotates: true }], "k7f3m2q9x4ab.#secret-0", now + 900);
  const holder = "k7f3m2q9x4ab.#secret-0";
  await world.ports.locks.recordReads([
    { name, arn, versionId: "v1", holder, agent: agentId("demo"), at: now, until: now },
  ]);
}

const of =
  (route: RouteKey, kind?: string): Arrange =>
  async (world) => {
    await withSecret(world, kind);
    const path = route === "GET /v1/secrets" ? {} : { path: { secret: "reports~login" } };
    return { route, ...path, bearer: world.operatorToken() };
  };

const refusedFor = (arrange: Arrange) => ({
  ...refusedOperators(arrange),
  store_unavailable: whenPort("locks", undefined, "store_unavailable", arrange),
  connector_unavailable: whenPort("inventory", undefined, "connector_unavailable", arrange),
  connector_refused: whenPort("inventory", undefined, "connector_refused", arrange),
});

const notFound =
  (arrange: Arrange): Arrange =>
  async (world) => ({
    ...(await arrange(world)),
    path: { secret: "nobody's" },
  });

const listing = of("GET /v1/secrets");
const reading = of("GET /v1/secrets/{secret}");
const rotating = of("POST /v1/secrets/{secret}/rotate");

/** Calls of the operations on managed secrets. */
export const SECRETS = {
  listSecrets: {
    examples: { secrets: listing },
    refused: {
      ...refusedFor(listing),
      malformed_request: whenPort("inventory", "list", "malformed_request", listing),
    },
  },
  readSecret: {
    examples: { secret: reading },
    refused: { ...refusedFor(reading), secret_not_found: notFound(reading) },
  },
  rotateSecret: {
    examples: { asked: rotating },
    refused: {
      ...refusedFor(rotating),
      secret_not_found: notFound(rotating),
      secret_not_rotated: of("POST /v1/secrets/{secret}/rotate", "by hand"),
      contended: whenPort("locks", "requestRotation", "contended", rotating),
    },
  },
} as const satisfies ArrangementsOf<typeof secrets>;
