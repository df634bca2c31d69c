import type { CedarPolicies } from "../../functions/adapters/cedar-policies.ts";
import { groupsOf } from "../../functions/core/catalogue/groups-of.ts";
import { actionOf } from "../unit/catalogue/load-catalogue.ts";
import type { Scenario } from "./arbitrary/scenarios.ts";
import type { IamRequest } from "./iam-oracle.ts";

/**
 * Whether Cedar permits a concrete call, asked in the plainest way: every attribute is known. A forbid that errs counts as one that
 * holds, and an action that mints needs a permit with `@outlives` (design: sections 4 and 6).
 */
export function cedarPermits(policies: CedarPolicies, scenario: Scenario, request: IamRequest): boolean {
  const { asker } = scenario;
  const { action, resource, resourceAccount: account, tags = {} } = request;
  const known = actionOf(action);
  const [, , service, region] = resource.split(":");
  const principal = { type: "Agent", id: asker.agent.id };
  const team = { type: "Team", id: asker.agent.team };
  const groups = groupsOf(known).map((id) => ({ type: "Action", id }));
  const target =
    known.resourceTypes.length === 0
      ? { uid: { type: "AWS::Account", id: account }, attrs: { account }, parents: [] }
      : {
          uid: { type: "AWS::Resource", id: "one" },
          attrs: { arn: resource, service, region, account, tags },
          parents: [],
        };
  const { allowed, deciding, errored } = policies.evaluate({
    principal,
    action: { type: "Action", id: action },
    resource: target.uid,
    context: { purpose: asker.purpose, ttl: asker.ttlSeconds, time: { hour: 12, weekday: 2 } },
    entities: [
      { uid: principal, attrs: { ...asker.agent }, parents: [team], tags: asker.claims },
      { uid: { type: "Action", id: action }, attrs: {}, parents: groups },
      target,
      ...[team, ...groups].map((uid) => ({ uid, attrs: {}, parents: [] })),
    ],
  });
  // What errs only because a tag is not there is skipped, as Cedar does: whether it is there is AWS's to know, at the call.
  const reading = new Set(scenario.policies.flatMap(({ text }, index) => (/\btags\./.test(text) ? [`p${index}`] : [])));
  const wantsTags = (id: string) => Object.keys(tags).length === 0 && reading.has(id);
  const forbidErred = errored.some((id) => policies.facts(id)?.effect === "forbid" && !wantsTags(id));
  const outlives = deciding.some((id) => policies.facts(id)?.annotations.outlives !== undefined);
  return allowed && !forbidErred && (outlives || !known.mints);
}
