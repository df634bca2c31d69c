import { readFileSync } from "node:fs";
import { type ApprovalId, approvalId } from "../../../contract/approval-id.ts";
import { TOKEN_TYPES } from "../../../contract/names.ts";
import { type ApprovalRecord, recordHash, voteNonce } from "../../../functions/core/approvals/approval-record.ts";
import type { Decided } from "../../../functions/core/approvals/ballots.ts";
import { recordIn } from "../../../functions/core/approvals/stored-approval.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import type { EveryPort } from "../../fakes/world/every-path.ts";
import { type Answer, FakeService, type Held } from "../../fakes/world/service.ts";
import { fakeToken } from "../../fakes/world/tokens.ts";
import { ACCOUNT, DEPLOYMENT, type FakeWorld, fakeWorld, formEvent } from "../../fakes/world/world.ts";
import { cedarOf } from "../../unit/core/cedar-of.ts";

const group = (name: string) => ({
  ...{ name, issuer: "staff", timeoutSeconds: 900, useWithinSeconds: 300, notify: [] },
  members: { claim: "groups", value: `g-${name}` },
});

/** Deployment whose people may approve: two groups of the issuer `staff`, whose client for approvals is `approvals`. */
export const APPROVING: Deployment = {
  ...DEPLOYMENT,
  issuers: DEPLOYMENT.issuers.map((issuer) =>
    issuer.kind === "people"
      ? { ...issuer, approvals: { clientId: "approvals", freshness: "auth_time", tokenExchange: "browser" } }
      : issuer,
  ),
  approvers: [group("sre"), group("security")],
};

/** Policy of `policies/approvers.cedar`: who may approve at all. */
export const APPROVERS = readFileSync(new URL("../../../policies/approvers.cedar", import.meta.url), "utf8");

const REPORT = "arn:aws:s3:::acme-data/reports/a";

/** Policy of the team `demo` for an action of S3. */
export const permitting = (annotations: string, action = "s3:GetObject", when = "true"): string =>
  `${annotations} permit (principal in Team::"demo", action == Action::"${action}", resource is AWS::Resource) when { ${when} };`;

export const intentOf = (...actions: readonly string[]): string =>
  JSON.stringify([{ type: "aws", account: ACCOUNT, actions, resources: [REPORT] }]);

/** Task that waits, as its holder knows it. */
export interface WaitingHeld extends Held {
  readonly approval: ApprovalId;
}

/** Service whose policies ask people, with people who vote. */
export class ApprovalScene {
  readonly world: FakeWorld;
  readonly service: FakeService;
  /** The same world under this repository's policies, which permit operators what they do. */
  readonly operators: FakeService;

  constructor(
    texts: readonly string[] = [permitting('@approval("sre")')],
    world = fakeWorld({ deployment: APPROVING }),
    over: Partial<EveryPort> = {},
    approvers: readonly string[] = [APPROVERS],
  ) {
    this.world = world;
    this.service = new FakeService(world, { ...world.ports, policies: cedarOf([...texts, ...approvers]), ...over });
    this.operators = new FakeService(world);
  }

  /** The same world under other policies, as after a deployment. */
  under(...texts: readonly string[]): ApprovalScene {
    return new ApprovalScene(texts, this.world);
  }

  ask(changed: Parameters<FakeService["exchange"]>[0] = {}): Promise<Answer> {
    return this.service.exchange({ authorization_details: intentOf("s3:GetObject"), ...changed });
  }

  /** Opens a task that waits. */
  async waiting(changed: Parameters<FakeService["exchange"]>[0] = {}): Promise<WaitingHeld> {
    const { body } = await this.ask(changed);
    const { id = "", approval } = (body.task ?? {}) as { id?: string; approval?: { id: string } };
    if (!approval || !body.access_token) throw new Error(`does not wait: ${JSON.stringify(body)}`);
    return { id, token: body.access_token, approval: approvalId(approval.id) };
  }

  record(id: ApprovalId): ApprovalRecord {
    const record = recordIn(this.world.ports.ballots.records.get(id), id);
    if (!record) throw new Error("no such request");
    return record;
  }

  /** Makes the ID token with which a person votes on these requests. */
  voteToken(ids: readonly ApprovalId[], person: string, changed: object = {}): string {
    const nonce = voteNonce(ids.map((id) => recordHash(this.record(id))));
    const now = this.world.nowSeconds();
    const claims = { iss: "https://staff.test", sub: person, aud: "approvals", nonce, iat: now, auth_time: now };
    return fakeToken({ ...claims, exp: now + 300, groups: ["g-sre", "valetkey-approvers"], ...changed });
  }

  /** A person votes, as `approve` would store it. */
  vote({ approval }: WaitingHeld, person = "bob", changed: object = {}): Promise<Decided> {
    const token = this.voteToken([approval], person, changed);
    const hashes = [recordHash(this.record(approval))];
    return this.world.ports.ballots.putVote(approval, { person: { issuer: "staff", value: person }, token, hashes });
  }

  deny({ approval }: WaitingHeld, reason = "not today"): Promise<Decided> {
    const by = { issuer: "staff", value: "bob" };
    return this.world.ports.ballots.putOutcome(approval, {
      decision: "denied",
      by,
      at: this.world.nowSeconds(),
      reason,
    });
  }

  poll({ token }: Pick<Held, "token">): Promise<Answer> {
    return this.service.send(
      formEvent({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: token,
        subject_token_type: TOKEN_TYPES.task,
        requested_token_type: TOKEN_TYPES.task,
      }),
    );
  }
}
