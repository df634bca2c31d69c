import { FakeService } from "../../fakes/fake-service.ts";
import type { RouteKey } from "../../functions/routes.ts";
import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

const REASON = "An agent ran wild; everything stops until it is understood.";

const declaring: Arrange = async (world) => ({
  route: "POST /v1/panic",
  bearer: world.operatorToken(),
  body: { json: { reason: REASON } },
});

const afterwards =
  (route: RouteKey): Arrange =>
  async (world) => {
    await new FakeService(world).panic(REASON);
    return { route, bearer: world.operatorToken() };
  };

const refusedFor = (arrange: Arrange) => ({
  ...refusedOperators(arrange),
  store_unavailable: whenPort("panics", undefined, "store_unavailable", arrange),
});

/** `POST /v1/panic` */
export const declarePanicOperation: Operation = {
  id: "declarePanic",
  tag: "Operators",
  description:
    "Halts everything: nothing is issued, renewed or shown to a tool server, AWS denies every call of the task roles within seconds, and every live task is ended over the next minutes. No deployment is needed. A panic that is already declared stays as it was declared.",
  body: { mediaType: "application/json", schema: "PanicReason" },
  answer: { status: 200, says: "Everything is halted.", schema: "Panic" },
  accepted: { declared: { says: "Everything is halted", arrange: declaring } },
  refused: {
    ...refusedFor(declaring),
    malformed_request: async (world) => ({ ...(await declaring(world)), body: { json: {} } }),
    unsupported_media_type: async (world) => ({ ...(await declaring(world)), body: { form: { reason: REASON } } }),
    body_too_large: async (world) => ({ ...(await declaring(world)), body: { json: { reason: "x".repeat(40_000) } } }),
    contended: whenPort("panics", "change", "contended", declaring),
  },
};

const lifting = afterwards("POST /v1/panic/lift");

/** `POST /v1/panic/lift` */
export const liftPanicOperation: Operation = {
  id: "liftPanic",
  tag: "Operators",
  description:
    "Vending resumes at `resumes_at`, a minute later. Nothing that was issued before works again: keys stay denied, and tasks and tokens are refused as ended. Where `stepUp` is on, the body has the vote; elsewhere it is ignored. Without a declared panic nothing changes.",
  body: { mediaType: "application/json", schema: "ActVote", optional: true },
  answer: { status: 200, says: "The panic, lifted.", schema: "Panic" },
  accepted: {
    lifted: { says: "A panic that was lifted just now", arrange: lifting },
    "with-a-vote": { says: "The same, with the vote that `stepUp` asks for", arrange: voted(lifting) },
  },
  refused: {
    ...refusedFor(lifting),
    ...refusedActs(lifting),
    contended: whenPort("panics", "change", "contended", lifting),
  },
};

const reading = afterwards("GET /v1/panic");

/** `GET /v1/panic` */
export const readPanicOperation: Operation = {
  id: "readPanic",
  tag: "Operators",
  description: "State of the deployment: halted or not, and the latest panic if there was one.",
  answer: { status: 200, says: "The state: halted or not.", schema: "Panic" },
  accepted: {
    halted: { says: "Everything is halted", arrange: reading },
    never: {
      says: "Nothing was ever halted",
      arrange: async (world) => ({ route: "GET /v1/panic", bearer: world.operatorToken() }),
    },
  },
  refused: refusedFor(reading),
};
