import { fillable } from "../../../functions/core/approvals/fill-slots.ts";
import { PRESETS, type Preset } from "../../../functions/core/identity/presets.ts";
import { neededBy } from "../../../functions/policy/read/approval-faults.ts";
import { type Finding, type FindingCode, finding } from "../../../functions/policy/read/finding.ts";
import type { KnownGroup, KnownPeople } from "../../../functions/policy/read/known-config.ts";
import type { ReadPolicy } from "../../../functions/policy/read/parse-policies.ts";

/**
 * Finds weak spots of approvals: votes that depend on one person, groups known by a name, and unchecked groups. Reports each group once, at the first
 * policy whose `@approval` names it.
 * @param people undefined where no `valetkey.json` names any.
 */
export function approvalProblems(policies: readonly ReadPolicy[], people: KnownPeople | undefined): readonly Finding[] {
  const asking = policies.filter((each) => neededBy(each).length > 0);
  const at = ({ source, policy }: ReadPolicy) => ({ ...source.spotOfAnnotation("approval"), policy: policy.id });
  if (people === undefined)
    return asking
      .slice(0, 1)
      .map((first) =>
        finding(
          "groups_unchecked",
          at(first),
          "the groups of @approval were not checked, since there is no valetkey.json with issuers and approvers in this folder or beside it; name the file with --config",
        ),
      );
  const firsts = new Map(
    asking.toReversed().flatMap((each) => neededBy(each).map(({ group }) => [group, each] as const)),
  );
  return [
    ...asking.slice(0, 1).flatMap((first) => stepUpProblems(people, at(first))),
    ...asking.flatMap((each) =>
      onIrreplaceable(each, people).map((message) => finding("irreplaceable_approver", at(each), message)),
    ),
    ...people.approvers.flatMap((group) => {
      const first = firsts.get(group.name);
      const problem = first && namedGroup(group, people);
      return problem ? [finding(problem.code, at(first), problem.message)] : [];
    }),
  ];
}

/** Finds operators' acts that need no vote, although agents' requests do. */
function stepUpProblems({ issuers, stepUp }: KnownPeople, at: Parameters<typeof finding>[1]): readonly Finding[] {
  if (stepUp === undefined) return [];
  if (!stepUp)
    return [
      finding(
        "step_up_off",
        at,
        "people decide about agents' requests, and an operator's token alone still registers agents, changes and resumes them, and lifts a panic: \"stepUp\": true in valetkey.json asks the operator for a vote (docs/approvals.md)",
      ),
    ];
  return issuers
    .filter(({ kind, canStepUp }) => kind === "people" && !canStepUp)
    .map(({ name }) =>
      finding(
        "step_up_impossible",
        at,
        `operators of ${name} can vote for no act: give the issuer console, and approvals with freshness auth_time, or with acr, and tokenExchange browser; or let nobody of it operate`,
      ),
    );
}

function onIrreplaceable(read: ReadPolicy, { approvers }: KnownPeople): readonly string[] {
  const { irreplaceable } = fillable(neededBy(read), approvers);
  if (irreplaceable.length === 0) return [];
  const names = irreplaceable.map(({ value }) => JSON.stringify(value)).join(" or ");
  return [
    `valetkey.json lists nobody who could vote in place of ${names}: nobody can approve while that person is away, acts through the agent, owns it or has shaped it; list one more`,
  ];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Ids such as Okta's 00g1a2b3c4d5e6f7g8h9: long, without a separator, with a digit. */
const OPAQUE = /^(?=.*\d)[A-Za-z0-9]{16,}$/;

function namedGroup(
  { name, issuer, members }: KnownGroup,
  { issuers }: KnownPeople,
): { readonly code: FindingCode; readonly message: string } | undefined {
  if ("persons" in members || UUID.test(members.value)) return undefined;
  const group = `the group "${name}" is whatever ${issuer} calls ${JSON.stringify(members.value)}`;
  const { preset = "" } = issuers.find((each) => each.name === issuer) ?? {};
  const presets: Readonly<Record<string, Preset>> = PRESETS;
  if (presets[preset]?.groupIds === "uuid")
    return { code: "group_by_name", message: `${group}; write its object id, which no other group can get` };
  if (OPAQUE.test(members.value)) return undefined;
  return {
    code: "group_may_be_renamed",
    message: `${group}: whoever may rename groups there decides who votes; write an immutable id where the issuer has one`,
  };
}
