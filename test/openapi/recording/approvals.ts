import { type ApprovalId, approvalId } from "../../../contract/approval-id.ts";
import { TOKEN_TYPES } from "../../../contract/names.ts";
import { APPROVE } from "../../../contract/permissions.ts";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import { recordIn } from "../../../functions/core/approvals/stored-approval.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import type { SealingPorts } from "../../../functions/core/ports.ts";
import { remembering } from "../../../functions/policy/read/remembering.ts";
import { FakeService, type Held } from "../../fakes/world/service.ts";
import { fakeToken } from "../../fakes/world/tokens.ts";
import { DEPLOYMENT, type FakeWorld, formEvent, policiesWith } from "../../fakes/world/world.ts";
import type { Call } from "./call.ts";
import { startForm, tokenCall } from "./story.ts";

const STAFF = { clientId: "valetkey-approvals", freshness: "auth_time", tokenExchange: "browser" } as const;

const APPROVING: Deployment = {
  ...DEPLOYMENT,
  issuers: DEPLOYMENT.issuers.map((issuer) => (issuer.kind === "people" ? { ...issuer, approvals: STAFF } : issuer)),
  approvers: [
    {
      name: "sre",
      issuer: "staff",
      timeoutSeconds: 900,
      useWithinSeconds: 300,
      notify: [],
      members: { claim: "groups", value: "sre" },
    },
  ],
};

/** Waiting task, with its approval. */
export interface WaitingHeld extends Held {
  readonly approval: ApprovalId;
}

/** Ports of a deployment whose policies require an approval for every task of the team `demo`. */
export const askingPeople = (annotation = '@approval("sre")'): Pick<SealingPorts, "policies" | "deployment"> => ({
  deployment: APPROVING,
  policies: policiesThatAsk(annotation),
});

/** Makes the policies once for each annotation, since thousands of worlds share them. */
const policiesThatAsk = remembering((annotation: string) =>
  policiesWith(`${annotation} permit (principal in Team::"demo", action, resource);
permit (principal is User in Group::"staff|sre", action == Action::"${APPROVE}", resource);`),
);

/** Starts a task that waits. */
export async function waitingTask(world: FakeWorld): Promise<WaitingHeld> {
  const { body } = await serviceOf(world).exchange(startForm(world));
  const { id = "", approval } = (body.task ?? {}) as { readonly id?: string; readonly approval?: { id: string } };
  if (!approval || !body.access_token) throw new Error(`does not wait: ${JSON.stringify(body)}`);
  return { id, token: body.access_token, approval: approvalId(approval.id) };
}

/** Casts the vote of a person of `sre`. */
export async function approve({ ports: { ballots }, nowSeconds }: FakeWorld, { approval }: WaitingHeld): Promise<void> {
  const record = recordIn(ballots.records.get(approval), approval);
  if (!record) throw new Error("no such request");
  const [now, nonce] = [nowSeconds(), recordHash(record)];
  const claims = { iss: "https://staff.test", sub: "bob", aud: STAFF.clientId, nonce, groups: ["sre"] };
  const token = fakeToken({ ...claims, iat: now, auth_time: now, exp: now + 300 });
  await ballots.putVote(approval, { person: { issuer: "staff", value: "bob" }, token, hashes: [nonce] });
}

/** Denies the request as a person of `sre`. */
export async function deny({ ports: { ballots }, nowSeconds }: FakeWorld, { approval }: WaitingHeld): Promise<void> {
  const by = { issuer: "staff", value: "bob" };
  await ballots.putOutcome(approval, { decision: "denied", by, at: nowSeconds(), reason: "Ask me on Monday." });
}

/** Builds the parameters of a poll. */
export const pollForm = (token: string): Record<string, string> => ({
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token: token,
  subject_token_type: TOKEN_TYPES.task,
  requested_token_type: TOKEN_TYPES.task,
});

/** Builds a poll. */
export const polling = ({ token }: Held): Call => ({ ...tokenCall(pollForm(token)), meanwhile: askingPeople() });

/** Polls once. */
export async function pollOnce(world: FakeWorld, { token }: Held): Promise<void> {
  await serviceOf(world).send(formEvent(pollForm(token)));
}

const serviceOf = (world: FakeWorld): FakeService => new FakeService(world, { ...world.ports, ...askingPeople() });
