import * as v from "valibot";
import type { FakeWorld } from "../../fakes/fake-world.ts";
import type { RouteKey } from "../../functions/routes.ts";
import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

/** Adds a secret that a task holds, and that is due for rotation once the task has ended. */
async function withSecret(world: FakeWorld, kind = "postgres-alternating"): Promise<void> {
  const now = world.nowSeconds();
  const { name, arn } = world.ports.inventory.add("reports/login", { kind, rotatedAt: now - 86_400 });
  await world.ports.locks.take([{ name, arn, rotates: true }], "k7f3m2q9x4ab.#secret-0", now + 900);
  const holder = "k7f3m2q9x4ab.#secret-0";
  await world.ports.locks.recordReads([{ name, arn, versionId: "v1", holder, agent: "demo", at: now, until: now }]);
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

/** `GET /v1/secrets` */
export const listSecrets: Operation = {
  id: "listSecrets",
  tag: "Operators",
  description:
    "Every secret that may be leased: its kind of rotation, the task that holds it, its last and next rotation, and the agents that read the current value. Contains no values. The list may lag by some seconds.",
  query: {
    after: { says: "The `next` of the page before.", required: false, schema: v.pipe(v.string(), v.maxLength(4_096)) },
  },
  answer: { status: 200, says: "A page of secrets.", schema: "SecretList" },
  accepted: { secrets: { says: "One secret, which a task holds", arrange: listing } },
  refused: {
    ...refusedFor(listing),
    malformed_request: whenPort("inventory", "list", "malformed_request", listing),
  },
};

const reading = of("GET /v1/secrets/{secret}");

/** `GET /v1/secrets/{secret}` */
export const readSecret: Operation = {
  id: "readSecret",
  tag: "Operators",
  description: "One secret, as of now. The answer does not have its value.",
  answer: { status: 200, says: "The secret.", schema: "Secret" },
  accepted: { secret: { says: "A secret that a task holds", arrange: reading } },
  refused: { ...refusedFor(reading), secret_not_found: notFound(reading) },
};

const rotating = of("POST /v1/secrets/{secret}/rotate");

/** `POST /v1/secrets/{secret}/rotate` */
export const rotateSecret: Operation = {
  id: "rotateSecret",
  tag: "Operators",
  description:
    "Requests a rotation of the secret, even while a task holds it. The secret is rotated within minutes, or once its last value is ten minutes old. The body is ignored. The request may be repeated.",
  answer: { status: 202, says: "The secret, with its rotation pending.", schema: "Secret" },
  accepted: { asked: { says: "A secret that a task holds", arrange: rotating } },
  refused: {
    ...refusedFor(rotating),
    secret_not_found: notFound(rotating),
    secret_not_rotated: of("POST /v1/secrets/{secret}/rotate", "by hand"),
    contended: whenPort("locks", "requestRotation", "contended", rotating),
  },
};
