import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { KINDS, type Kind } from "../../functions/names.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { rightsOf } from "../../infra/rights.ts";
import { allows } from "./iam.ts";

export const HUB = accountId("999900001111");
export const SCOPE = hubScopeOf({
  hub: { account: HUB, region: regionNamed("us-east-1") },
  accounts: [{ id: accountId("111122223333"), region: regionNamed("us-east-1"), taskRoles: 2 }],
});
const TABLE = `arn:aws:dynamodb:us-east-1:${HUB}:table/valetkey`;

const answers = new Map<string, Promise<readonly FunctionName[]>>();

/** Lists the functions that IAM allows a DynamoDB action on an item of a kind; the same question is simulated once. */
export function ableTo(action: string, kind: Kind): Promise<readonly FunctionName[]> {
  const question = `${action} ${kind}`;
  const answer = answers.get(question) ?? simulated(action, kind);
  answers.set(question, answer);
  return answer;
}

async function simulated(action: string, kind: Kind): Promise<readonly FunctionName[]> {
  const context = { "dynamodb:LeadingKeys": [`${KINDS[kind]}k7f3m2q9x4ab`] };
  const able = await Promise.all(
    FUNCTIONS.map((name) =>
      allows(rightsOf(name, SCOPE), { action: `dynamodb:${action}`, resource: TABLE, context }, { account: HUB }),
    ),
  );
  return FUNCTIONS.filter((_, index) => able[index]);
}

/**
 * Groups functions whose roles are alike for a thief: IAM allows each of them the same of these calls. A thief can
 * achieve only what the allowed calls permit, so one function of a group represents all.
 */
export async function alikeIn(
  names: readonly FunctionName[],
  calls: readonly (readonly [action: string, kind: Kind])[],
): Promise<readonly (readonly FunctionName[])[]> {
  const able = await Promise.all(calls.map(([action, kind]) => ableTo(action, kind)));
  return [...Map.groupBy(names, (name) => able.map((each) => each.includes(name)).join()).values()];
}
