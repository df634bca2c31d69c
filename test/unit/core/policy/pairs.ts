import { agentId } from "../../../../contract/agent-id.ts";
import { NOTHING_HOLDS } from "../../../../functions/core/conditions/holding.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import type { AccountPair, Pair, ResourcePair, ToolPair } from "../../../../functions/core/intent/pairs.ts";
import type { Permitted } from "../../../../functions/core/policy/decide.ts";
import type { Requester } from "../../../../functions/core/policy/entities.ts";
import { actionName } from "../../../fakes/samples/spelled.ts";

/** A pair that policy permits without any terms. */
export const asPermitted = (pair: Pair): Permitted => ({
  pair,
  policies: ["p0"],
  conditions: [{}],
  denies: [],
  obligations: { bindIp: false, rotateAfterUse: false },
});

export const ACCOUNT = accountId("111122223333");

/** IAM gets every tag of the resource, under the key that most services have. */
export const TAGGED: Pick<ResourcePair, "tagKey"> = { tagKey: { prefix: "aws:ResourceTag", isCertain: true } };

type Changes = Partial<Omit<ResourcePair, "action">> & { readonly action?: string };

/** `s3:GetObject` on an ARN, or on all that it matches. */
export const onObjects = (target: string, { action = "s3:GetObject", ...changes }: Changes = {}): ResourcePair => ({
  kind: "resource",
  action: actionName(action),
  groups: ["s3:Read", "aws:Read"],
  mints: false,
  isPattern: target.includes("*"),
  target,
  service: "s3",
  region: "",
  account: ACCOUNT,
  arnNamesAccount: false,
  ...changes,
});

/** An action that has no resource type. */
export const onAccount = (action = "s3:ListAllMyBuckets"): AccountPair => ({
  kind: "account",
  action: actionName(action),
  groups: ["s3:List", "aws:List"],
  mints: false,
  isPattern: false,
  target: "*",
  account: ACCOUNT,
});

export const onTool = (server: string, tool: string): ToolPair => ({
  kind: "tool",
  action: "tool:Call",
  groups: [],
  mints: false,
  isPattern: false,
  target: `${server}/${tool}`,
  server: agentId(server),
  tool,
});

export const anAsker = (changes: Partial<Requester> = {}): Requester => ({
  agent: { id: agentId("reporter"), owner: "ada@example.com", team: "data" },
  claims: { ref: "refs/heads/main" },
  purpose: "monthly report",
  ttlSeconds: 900,
  atMs: Date.parse("2026-11-24T12:00:00Z"),
  conditions: NOTHING_HOLDS,
  ...changes,
});
