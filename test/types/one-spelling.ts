import type { ReadQuestion } from "../../contract/policies.ts";
import { type ActionName, namesAction } from "../../functions/core/catalogue/action-name.ts";
import type { Consent } from "../../functions/core/consents/consent.ts";
import { type AccountId, isAccountId } from "../../functions/core/deployment/account-id.ts";
import type { Account } from "../../functions/core/deployment/deployment.ts";
import { isRegion, type Region } from "../../functions/core/deployment/region.ts";
import type { Detection } from "../../functions/core/escalation/detection.ts";
import type { Registration } from "../../functions/core/identity/agent.ts";
import type { AwsDetail, ToolDetail } from "../../functions/core/intent/detail.ts";
import type { AccountPair } from "../../functions/core/intent/pairs.ts";
import type { ApiUse } from "../../functions/core/ledger/api-use.ts";
import type { RequestedPair } from "../../functions/core/ledger/coverage.ts";
import { type TagKey, tagWithoutCase } from "../../functions/core/policy/tag-conditions.ts";
import type { RoleRef } from "../../functions/core/revocation/roles.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import type { DelegationRequest } from "../../functions/exchange/grants/delegate.ts";
import type { RequestedAct } from "../../functions/intake/bus-request.ts";

// Texts from outside that must not compile where a name in its one spelling is expected. `tsc` fails where a line
// below would compile.

declare const written: string;
declare const name: ActionName;
declare const account: AccountId;
declare const region: Region;

export const right: boolean = namesAction(name, name);

// @ts-expect-error a requested action that nobody has folded is compared with a call
export const compared: boolean = namesAction(written, name);

// @ts-expect-error a detail with an action as an agent wrote it
export const detail: AwsDetail = { type: "aws", account, actions: [written], resources: ["*"] };

// @ts-expect-error a requested pair with an action as somebody wrote it
export const pair: RequestedPair = { action: written, resource: "*" };

export const rightAccount: AccountId | undefined = isAccountId(written) ? written : undefined;

// @ts-expect-error a detail with an account as an agent wrote it
export const detailElsewhere: AwsDetail = { type: "aws", account: written, actions: [name], resources: ["*"] };

// @ts-expect-error a role whose account nobody has read as one
export const role: RoleRef = { account: written, role: "valetkey-task-0" };

// @ts-expect-error a target account with another text as its id
export const target: Account = { id: written, region, taskRoles: 1 };

export const rightRegion: Region | undefined = isRegion(written) ? written : undefined;

// @ts-expect-error a target account with another text as its Region
export const targetElsewhere: Account = { id: account, region: written, taskRoles: 1 };

// @ts-expect-error a call whose Region nobody has read as one
export const calledIn: ApiUse["region"] = written;

// @ts-expect-error a pair that policy decides, with an action as somebody wrote it
export const decided: Pick<AccountPair, "action"> = { action: written };

// @ts-expect-error an ending of an agent whose id nobody has read as one
export const asked: RequestedAct = { type: "agent.suspend", agent: written };

// @ts-expect-error a registration whose id nobody has read as one
export const registered: Registration["id"] = written;

// @ts-expect-error a task of an agent whose id nobody has read as one
export const worker: Task["agent"] = written;

// @ts-expect-error a consent for an agent whose id nobody has read as one
export const consented: Consent["agent"] = written;

// @ts-expect-error tools of a server whose id nobody has read as one
export const tools: ToolDetail = { type: "tool", server: written, tools: [] };

// @ts-expect-error an escalation of an agent whose id nobody has read as one
export const detected: NonNullable<Detection["agent"]> = written;

// @ts-expect-error a call under a source identity that nobody has read as an agent's id
export const calledBy: ApiUse["sourceIdentity"] = written;

// @ts-expect-error a question of an operator whose body the contract has not parsed
export const question: ReadQuestion["agent"] = written;

// @ts-expect-error a delegation to an agent whose id nobody has read as one
export const delegatee: DelegationRequest["agent"] = written;

declare const tags: ReadonlyMap<TagKey, string>;

export const rightTag: string | undefined = tags.get(tagWithoutCase(written));

// @ts-expect-error a tag that is looked up by its key as a policy spells it
export const tag: string | undefined = tags.get(written);

// @ts-expect-error a request for approval whose id nobody has read as one
export const approved: NonNullable<Task["approval"]>["id"] = written;
