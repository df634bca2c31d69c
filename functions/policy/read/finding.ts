import type { Spot } from "./source-text.ts";

/** `error`: fails, and cannot be deployed; `warning`: fails with --strict; `note`: worth knowing, never fails. */
export type Level = "error" | "warning" | "note";

export const LEVELS = ["error", "warning", "note"] as const satisfies readonly Level[];

/** All findings: a stable code for machines, with its level and its meaning. `valetkey policy check --findings` prints this table. */
export const FINDINGS = {
  parse: ["error", "the file does not parse, or holds a template"],
  schema_unreadable: ["error", "`schema.cedarschema` itself does not parse"],
  schema_violation: [
    "error",
    "an attribute that is not there, types that do not go together, a rule that the schema lets never apply",
  ],
  unknown_action: ["error", "no action or group has this name; the nearest real one is named"],
  unknown_annotation: ["error", "an annotation without a meaning here; ours are named"],
  annotation_unsupported: [
    "error",
    "an obligation that cannot be kept there: `@rotateAfterUse` on anything but `secret:Read`; `@label` on what neither a fence nor a revocation surely ends",
  ],
  annotation_value: ["error", 'an annotation whose value is none: `@maxTtl("soon")`, `@approval("")`, `@mode("off")`'],
  unknown_group: ["error", "`@approval` names a group that `approvers` in `valetkey.json` does not have"],
  unfillable_approval: [
    "error",
    "`@approval` asks for more votes than there are persons in its groups; each vote is another person's",
  ],
  unfillable_consent: [
    "error",
    '`@consent` where no person can vote: no people\'s issuer has `"onBehalf": true`, or one that has proves no sign-in',
  ],
  condition_mixed: [
    "error",
    "a clause reads `context.conditions` and other facts: a clause that errs without the condition could be true with it",
  ],
  condition_form: [
    "error",
    "a clause reads `context.conditions` in another form than `contains`, `containsAny` and `containsAll` of names that are written out, with `&&`, `||` and `!`",
  ],
  condition_unknown: ["error", "a condition is read that `conditions` in `valetkey.json` does not define"],
  condition_against_kind: [
    "error",
    "a condition is read against its kind: one that restricts, so that more is permitted while it holds; or one that permits, so that less is",
  ],
  annotation_misplaced: ["error", "an obligation, `@outlives` or `@label`, on a forbid"],
  outlives_unnamed: ["error", "`@outlives` on a permit that does not name its actions one by one"],
  beyond_its_folder: [
    "error",
    "a policy in a team's folder that is not about that team's agents, such as one about people or about every agent",
  ],
  duplicate_id: ["error", "two policies have one `@id`"],
  resource_identity: ["error", "an `AWS::Resource` compared by identity, which would silently be false"],
  claim_unnamed: ["error", "a claim is read whose name is not written out"],
  unasked_name: [
    "error",
    "a name that policy is never asked about: a repository of GitHub in capitals, or none such as acme/site; a group of people without its issuer",
  ],
  not_compilable: [
    "error",
    "a condition on `resource.arn` or a tag that no session policy can say: the operator, and what to write instead",
  ],
  not_provable: [
    "error",
    "a condition that the validator of session policies cannot read: `decimal`, `datetime`, two open texts compared, a number beyond 2^53",
  ],
  not_proven: [
    "error",
    "a session policy that comes of a case allows what the policies do not permit, or is not shown not to: the exchange would not hand it out",
  ],
  literal_star: [
    "error",
    "`==` with a `*`, which is then a character and no wildcard: a permit grants no set, and a forbid protects nothing",
  ],
  tag_spelling: ["error", "policies name one tag in two spellings (`team`, `Team`), which are one tag to IAM"],
  never_holds: [
    "error",
    "conditions that contradict each other: the rule does nothing, and a forbid that does nothing protects nothing",
  ],
  any_account: [
    "error",
    "with `organization` in `valetkey.json`: a permit that names no account, which each account that joins would get by itself",
  ],
  never_fits: ["error", "the actions fit none of the ARNs (`s3:GetObject` on a bucket)"],
  never_fits_in_part: ["warning", "some of the actions fit none of the ARNs"],
  never_holds_in_part: ["warning", "one alternative of an `\\|\\|` can never hold"],
  shadowed: ["warning", "forbids take away all that the permit grants"],
  shadowed_in_part: ["warning", "forbids take away some of the permit's actions, whatever the request"],
  redundant: ["warning", "another rule says all of this, on the same terms"],
  obligation_evaded: ["warning", "a wider permit grants the same without this obligation"],
  budget_evaded: ["warning", "a permit that is preferred may grant a part of the same without this budget"],
  budget_shared: [
    "warning",
    "one agent may spend a budget of the hub or of a team alone: no smaller budget per agent counts the same permit",
  ],
  budget_differs: [
    "warning",
    "two permits have one budget, by its name and scope, with other grants or another window",
  ],
  budgets_too_many: [
    "warning",
    "permits of the same calls have more than three budgets together, which one task cannot spend: a sub-agent's is refused",
  ],
  outlives_missing: ["warning", "an action that mints is named without `@outlives`, and so is never granted"],
  outlives_unexplained: ["warning", "`@outlives` without a reason in it"],
  beyond_ceiling: [
    "warning",
    "an action is named that the accounts of `valetkey.json` let no task do, and so is never granted",
  ],
  never_anywhere: ["warning", "an action is named that no account lets a task do, and so is never granted"],
  every_action: ["warning", "a permit that names no actions"],
  every_resource: ["warning", "a permit that says nothing of the resource"],
  obligation_unkept: [
    "warning",
    "a term that means nothing here, or that what the permit names cannot keep (`@bindIp` on `secret:Read`): then it grants nothing",
  ],
  address_unbound: [
    "warning",
    "a permit looks at `context.sourceIp` and does not bind its sessions there with `@bindIp`",
  ],
  purpose_is_the_agents_own_word: [
    "warning",
    "a rule goes by `context.purpose`, which an agent types as it likes, and so does whoever speaks through it",
  ],
  nobody_has: [
    "warning",
    "a team, an agent or a label that nobody has in `agents.yaml` and the cases: a permit grants nobody anything, and a forbid stops nobody",
  ],
  secret_by_name: [
    "warning",
    "a forbid on `secretsmanager:GetSecretValue` beside a permit of `secret:Read`, which hands out secrets by name",
  ],
  irreplaceable_approver: [
    "warning",
    "the votes of `@approval` hang on one person whom `persons` lists: without that person nobody can approve",
  ],
  no_person_completes: [
    "warning",
    "a permit for agents that act for a person, of which policy permits no person anything: it grants nothing",
  ],
  group_by_name: [
    "warning",
    "a group of approvers is known by its name though its issuer's preset has ids: renaming changes who may vote",
  ],
  consent_impossible: [
    "warning",
    "a permit of `valetkey:GiveConsent` for people who can give none: their issuer proves no sign-in to the page, or the hub redeems its codes",
  ],
  step_up_impossible: [
    "warning",
    "with `stepUp`, a people's issuer whose operators can vote for no act: they do what takes away, and are refused what gives",
  ],
  label_unused: ["warning", "a `@label` that no conflict in `valetkey.json` names"],
  conflict_unused: ["warning", "a label of `conflicts` in `valetkey.json` that no permit has"],
  condition_unused: [
    "warning",
    "a condition that `valetkey.json` defines and no policy reads: to set it changes nothing",
  ],
  no_id: ["warning", "a policy without a name"],
  about_people_too: [
    "note",
    "a permit without a principal, where agents act for people: it permits people what it permits agents",
  ],
  group_may_be_renamed: [
    "note",
    "a group of approvers is known by what looks like a name: whoever may rename groups at the issuer decides who votes",
  ],
  step_up_off: [
    "note",
    "policies ask people, and operators' acts do not: a stolen operator's token registers agents and gives them labels",
  ],
  groups_unchecked: ["note", "no `valetkey.json` was found, so the groups of `@approval` were not checked"],
  tag_case: [
    "note",
    "a tag of resources is read: a resource with the tag in another case (`Team`) meets the session policy, and policy sees no tag there",
  ],
  mints: ["note", "an action that mints is handed out, and the reason that was given"],
} as const satisfies Record<string, readonly [Level, string]>;

export type FindingCode = keyof typeof FINDINGS;

/** Finding in a policy or a case, for a person to look at. */
export interface Finding extends Spot {
  readonly level: Level;
  readonly code: FindingCode;
  /** The policy's id. */
  readonly policy?: string;
  readonly message: string;
}

/** Makes a finding. @param at its place, and its policy. */
export const finding = (code: FindingCode, at: Spot & Pick<Finding, "policy">, message: string): Finding => ({
  level: FINDINGS[code][0],
  code,
  ...at,
  message,
});

/** Writes `policies/x.cedar:12:5  error  unknown_action  There is no ... (policy "reads")`, a form that editors and pipelines understand. */
export const lineOf = ({ file, line, column, level, code, policy, message }: Finding): string =>
  `${file}:${line}:${column}  ${level}  ${code}  ${message}${policy === undefined ? "" : ` (policy "${policy}")`}`;
