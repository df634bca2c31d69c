import { createHash } from "node:crypto";
import type * as approvals from "../../../contract/approvals.ts";
import { glassNonce, reviewNonce } from "../../../functions/core/approvals/approval-record.ts";
import { sealedUseOf } from "../../../functions/core/approvals/stored-approval.ts";
import { taskPath } from "../../../functions/core/task-path.ts";
import type { RouteKey } from "../../../functions/routes.ts";
import { aUseOf } from "../../fakes/samples/approval.ts";
import { type AskedForApproval, approverToken, askForApproval, voteToken } from "../../fakes/samples/asked-approval.ts";
import { eventOn } from "../../fakes/samples/task.ts";
import { FakeService } from "../../fakes/world/service.ts";
import type { FakeWorld } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange, Call } from "../recording/call.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOnceMore } from "../refused/flood.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

type Json = Readonly<Record<string, unknown>>;

const waitingRequest = (world: FakeWorld): Promise<AskedForApproval> =>
  askForApproval(world, { purpose: "Summarise the week." });

const callOn = (world: FakeWorld, route: RouteKey, { id }: AskedForApproval, json?: Json, sub = "bob"): Call => ({
  route,
  path: { approval: id },
  bearer: approverToken(world, sub),
  ...(json === undefined ? {} : { body: { json } }),
});

const approval = (world: FakeWorld, { hash }: AskedForApproval, sub = "bob", claims: Json = {}): Json => ({
  decision: "approve",
  vote: voteToken(world, [hash], sub, claims),
});
const DENIAL = { decision: "deny", reason: "Not during the release." } as const;

/** Lets a person vote on the request. */
async function vote(world: FakeWorld, request: AskedForApproval): Promise<void> {
  await new FakeService(world).operate("POST /v1/approvals/{approval}/decide", {
    parameters: { approval: request.id },
    body: approval(world, request),
    token: approverToken(world),
  });
}

/** Records that the exchange used the approval. */
async function use(world: FakeWorld, { id, record }: AskedForApproval): Promise<void> {
  const path = taskPath(record.task);
  const task = path && (await world.ports.tasks.read(path));
  if (!task) throw new Error("the example's task is missing");
  await world.ports.ballots.use(task, task, id, aUseOf(task), [], eventOn(task, "approval.used"));
}

/** Ways in which a request ends, each with its refusal of later calls. */
const over = (call: (world: FakeWorld, request: AskedForApproval) => Call) => {
  const after =
    (end: (world: FakeWorld, request: AskedForApproval) => Promise<unknown>): Arrange =>
    async (world) => {
      const request = await waitingRequest(world);
      await end(world, request);
      return call(world, request);
    };
  return {
    already_used: after(use),
    approval_denied: after((world, { id }) => {
      const service = new FakeService(world);
      const [route, token] = ["POST /v1/approvals/{approval}/decide" as const, approverToken(world, "carol")];
      return service.operate(route, { parameters: { approval: id }, body: DENIAL, token });
    }),
    approval_expired: after(async (world) => world.pass(901)),
    approval_void: after(async (world, { id, record }) => {
      const path = taskPath(record.task);
      const task = path && (await world.ports.tasks.read(path));
      if (!task) throw new Error("the example's task is missing");
      const found = { at: world.nowSeconds(), changed: ["grants"] } as const;
      await world.ports.ballots.recordVoid(task, id, found, eventOn(task, "approval.void"));
    }),
    task_ended: after((world, { record }) => new FakeService(world).endTask(record.task)),
  };
};

const refusedReads = (arrange: Arrange) => ({
  ...refusedOperators(arrange),
  approval_unknown: async (world: FakeWorld) => ({
    ...(await arrange(world)),
    path: { approval: "0123456789abcdef0123" },
  }),
  store_unavailable: whenPort("ballots", undefined, "store_unavailable", arrange),
});

const listing: Arrange = async (world) => {
  await waitingRequest(world);
  return { route: "GET /v1/approvals", query: { group: "sre" }, bearer: approverToken(world) };
};
const { operator_denied: _, too_many_requests: __, ...refusedLists } = refusedOperators(listing);

const reading: Arrange = async (world) => callOn(world, "GET /v1/approvals/{approval}", await waitingRequest(world));

/** A request, of which the same was denied before. */
const askedAgain: Arrange = async (world) => {
  const key = "the same";
  const earlier = await askForApproval(world, {}, { key });
  await new FakeService(world).operate("POST /v1/approvals/{approval}/decide", {
    parameters: { approval: earlier.id },
    body: DENIAL,
    token: approverToken(world, "carol"),
  });
  world.pass(3_600);
  const request = await askForApproval(world, {}, { key, replaces: earlier.id });
  return callOn(world, "GET /v1/approvals/{approval}/earlier", request);
};

const DECIDE = "POST /v1/approvals/{approval}/decide";
const approving: Arrange = async (world) => {
  const request = await waitingRequest(world);
  return callOn(world, DECIDE, request, approval(world, request));
};
const denying: Arrange = async (world) => callOn(world, DECIDE, await waitingRequest(world), DENIAL);

const WITHDRAW = "POST /v1/approvals/{approval}/withdraw";
const withdrawing: Arrange = async (world) => {
  const request = await waitingRequest(world);
  await vote(world, request);
  return callOn(world, WITHDRAW, request);
};

const REVIEW = "POST /v1/approvals/{approval}/review";

/** Approval of which `bob` broke the glass, with its use. */
async function brokenGlass(world: FakeWorld) {
  const request = await askForApproval(world, { needed: [{ group: "sre", count: 2 }], break_glass: true });
  const nonce = glassNonce(request.hash);
  const token = voteToken(world, [request.hash], "bob", { nonce });
  await world.ports.ballots.putVote(request.id, {
    person: { issuer: "staff", value: "bob" },
    token,
    hashes: [request.hash],
    glass: true,
  });
  const path = taskPath(request.record.task);
  const task = path && (await world.ports.tasks.read(path));
  if (!task) throw new Error("the example's task is missing");
  const votes = [createHash("sha256").update(token).digest("base64url")];
  const { seal: _, ...made } = aUseOf(task, { hash: request.hash, votes, usedAt: world.nowSeconds(), glass: true });
  const use = { ...made, seal: await world.ports.recordKey.seal("approval-use", sealedUseOf(request.id, made)) };
  await world.ports.ballots.use(task, task, request.id, use, [], eventOn(task, "approval.used"));
  return { ...request, use };
}

const reviewing: Arrange = async (world) => reviewOf(world, await brokenGlass(world));

const reviewOf = (
  world: FakeWorld,
  glass: Awaited<ReturnType<typeof brokenGlass>>,
  sub = "carol",
  claims: Json = {},
): Call => {
  const nonce = reviewNonce(sealedUseOf(glass.id, glass.use));
  return callOn(world, REVIEW, glass, { vote: voteToken(world, [glass.hash], sub, { nonce, ...claims }) }, sub);
};

/** Calls of the operations on requests for approval. */
export const APPROVALS = {
  listApprovals: {
    examples: { approvals: listing },
    refused: {
      ...refusedLists,
      too_many_requests: refusedOnceMore(async (world) => ({ ...(await listing(world)), query: { group: "nobody" } })),
      malformed_request: async (world) => ({ ...(await listing(world)), query: { group: "nobody" } }),
      store_unavailable: whenPort("ballots", undefined, "store_unavailable", listing),
    },
  },
  readApproval: { examples: { approval: reading }, refused: refusedReads(reading) },
  listEarlierRequests: { examples: { earlier: askedAgain }, refused: refusedReads(askedAgain) },
  decide: {
    examples: { approved: approving, denied: denying },
    refused: {
      ...refusedReads(approving),
      ...refusedJson(approving),
      ...over((world, request) => callOn(world, DECIDE, request, approval(world, request))),
      vote_invalid: async (world) => {
        const request = await waitingRequest(world);
        return callOn(world, DECIDE, request, approval(world, request, "bob", { aud: "another-client" }));
      },
      not_eligible: async (world) => {
        const request = await waitingRequest(world);
        return callOn(world, DECIDE, request, approval(world, request, "owner"), "owner");
      },
    },
  },
  withdraw: {
    examples: { withdrawn: withdrawing },
    refused: {
      ...refusedReads(withdrawing),
      ...over((world, request) => callOn(world, WITHDRAW, request)),
      not_eligible: async (world) => callOn(world, WITHDRAW, await waitingRequest(world)),
    },
  },
  review: {
    examples: { reviewed: reviewing },
    refused: {
      ...refusedReads(reviewing),
      ...refusedJson(reviewing),
      already_used: async (world) => {
        const request = await waitingRequest(world);
        return callOn(world, REVIEW, request, { vote: voteToken(world, [request.hash], "carol") }, "carol");
      },
      approval_expired: async (world) => {
        const glass = await brokenGlass(world);
        world.pass(86_400);
        return reviewOf(world, glass);
      },
      sign_in_used: async (world) => {
        const call = await reviewing(world);
        const person = { issuer: "staff", value: "carol" };
        world.ports.ballots.useForAct({ person, signedInAt: world.nowSeconds(), nonce: "of an act" });
        return call;
      },
      vote_invalid: async (world) => reviewOf(world, await brokenGlass(world), "carol", { nonce: "A".repeat(43) }),
      not_eligible: async (world) => reviewOf(world, await brokenGlass(world), "bob"),
    },
  },
} as const satisfies ArrangementsOf<typeof approvals>;
