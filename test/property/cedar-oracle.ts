import type { CedarPolicies } from "../../functions/adapters/cedar-policies.ts";
import { groupsOf } from "../../functions/core/catalogue/groups-of.ts";
import type { Evaluation } from "../../functions/core/policy/query.ts";
import { actionOf } from "../unit/catalogue/load-catalogue.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { WATCHED } from "./arbitrary/policies.ts";
import type { Scenario } from "./arbitrary/scenarios.ts";
import type { IamRequest } from "./iam-oracle.ts";

/**
 * Whether Cedar permits a concrete call, asked in the plainest way: every attribute is known. A policy in shadow mode does not count, a forbid
 * that errs counts as one that holds, and an action that mints needs a permit with `@outlives` (design: sections 4 and 6).
 */
export function cedarPermits(scenario: Scenario, request: IamRequest): boolean {
  const texts = scenario.policies.map(({ text }) => text).filter((text) => !text.startsWith(WATCHED));
  const policies = cedarOf(texts);
  const { allowed, deciding, errored } = ask(policies, scenario, request);
  if (!allowed) return false;
  const forbids = errored.filter((id) => policies.facts(id)?.effect === "forbid");
  const outlives = deciding.some((id) => policies.facts(id)?.annotations.outlives !== undefined);
  return (
    (outlives || !actionOf(request.action).mints) &&
    !forbids.some((id) => couldHold(id, texts[Number(id.slice(1))] ?? "", policies, scenario, request))
  );
}

/** Values for tags that are not there: each that a policy names, and one that none does. */
const VALUES = ["data", "da-", "ops", "prod", "${x}", "-"];

/**
 * Whether a forbid that erred could hold if the tags that it reads were there: then it counts, since nobody may get around it by taking a tag
 * off. Where it asks itself whether a tag is there (`has`), its absence is an answer.
 */
function couldHold(
  id: string,
  text: string,
  policies: CedarPolicies,
  scenario: Scenario,
  request: IamRequest,
): boolean {
  const missing = ["team", "env"].filter(
    (name) => !(name in (request.tags ?? {})) && text.includes(`tags.${name}`) && !text.includes(`tags has ${name}`),
  );
  const completions = missing.reduce<readonly Readonly<Record<string, string>>[]>(
    (all, name) => all.flatMap((tags) => VALUES.map((value) => ({ ...tags, [name]: value }))),
    [request.tags ?? {}],
  );
  const hold = (tags: Readonly<Record<string, string>>) => ask(policies, scenario, { ...request, tags });
  return completions.some((tags) => {
    const { allowed, deciding, errored } = hold(tags);
    // Still: it errs whatever the tags say, or for want of one that it asks after.
    if (errored.includes(id)) return hold({ team: "-", env: "-", ...tags }).errored.includes(id);
    return !allowed && deciding.includes(id);
  });
}

function ask(policies: CedarPolicies, { asker }: Scenario, request: IamRequest): Evaluation {
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
  return policies.evaluate({
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
}
