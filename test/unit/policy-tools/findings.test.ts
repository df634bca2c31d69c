import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { FINDINGS, type Finding, type FindingCode } from "../../../functions/policy/read/finding.ts";
import { tagSpellings } from "../../../functions/policy/read/inspect-policies.ts";
import { parsePolicies } from "../../../functions/policy/read/parse-policies.ts";
import { buildDeployment } from "../../../infra/config/build-deployment.ts";
import { folderWith } from "./folder.ts";
import { AGENT, policyFolder, REPORTS, reading, rule, runPolicy, SCHEMA } from "./run-policy.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

interface Expected {
  readonly text: string;
  /** `line:column` of what is wrong. */
  readonly at: string;
  readonly policy?: string;
  readonly says: RegExp;
  readonly schema?: string;
  /** The file, `a.cedar` unless given. */
  readonly name?: string;
  /** Text of `agents.yaml`. */
  readonly agents?: string;
  /** Cases beside the policy; the finding is about one of them. */
  readonly cases?: object;
  /** The `valetkey.json` beside the folder. */
  readonly config?: unknown;
}

const OBJECTS = 'action == Action::"s3:GetObject", resource is AWS::Resource';
const IN_ACCOUNT = 'resource.account == "111122223333"';
const bounded = (head: string, notes = '@id("x")') =>
  `${notes}\npermit (principal is Agent, ${head})\nwhen { ${IN_ACCOUNT} };`;
const ROLES = 'action == Action::"sts:AssumeRole", resource is AWS::Resource';

const ISSUERS = [{ name: "staff", kind: "people", preset: "generic" }];
const APPROVERS = {
  sre: { issuer: "staff", claim: "groups", value: "sre" },
  leads: { issuer: "staff", persons: ["ada"] },
};
const approvalOf = (groups: string) => bounded(OBJECTS, `@id("x")\n@approval("${groups}")`);
const withApprovers = (issuers: readonly object[] = ISSUERS) => ({
  config: { issuers, approvers: APPROVERS },
  at: "2:1",
  policy: "x",
});

const CONFLICT = { a: "payroll", b: "egress", scope: "agent", window: "1h" };
const CONDITIONS = [
  { name: "change-freeze", kind: "restricts", scopes: ["hub"], longest: "3d" },
  { name: "incident", kind: "permits", scopes: ["hub"], longest: "3d" },
];
/** The permit with one more clause, under these conditions. */
const withClause = (clause: string) => ({
  text: bounded(OBJECTS).replace("};", `}\n${clause};`),
  config: { conditions: CONDITIONS },
  policy: "x",
});

/** One way to each finding; a code without a way does not compile. */
const FOUND: Record<FindingCode, Expected> = {
  parse: { text: `// é\npermit (principal,\n  action resource);`, at: "3:10", says: /does not parse.*expected/ },
  schema_unreadable: { text: bounded(OBJECTS), schema: "entity Agent;\nentity ;", at: "2:8", says: /does not parse/ },
  schema_violation: {
    text: bounded(OBJECTS).replace("};", '\n  && "ü" == resource.nam };'),
    at: "4:13",
    policy: "x",
    says: /attribute `nam` .* not found \(did you mean `arn`\?\)$/,
  },
  unknown_action: {
    text: `// Action::"s3:GetObjects"\n${bounded(OBJECTS.replace("Object", "Objects"))}`,
    at: "3:39",
    policy: "x",
    says: /no action `s3:GetObjects`; did you mean `s3:GetObject`/,
  },
  unknown_annotation: {
    text: bounded(OBJECTS, '@id("x") // @maxTTL\n  @maxTTL("15m")'),
    at: "2:3",
    policy: "x",
    says: /they are @id, @description, @outlives, @approval, @consent, @standing, @breakGlass, @bindIp, @rotateAfterUse, @maxTtl, @requires, @fence, @deliver, @budget, @calls, @label, @perCall, @mode$/,
  },
  annotation_unsupported: {
    text: bounded(OBJECTS, '@id("x") @rotateAfterUse'),
    at: "1:10",
    policy: "x",
    says: /@rotateAfterUse belongs on .* secret alone: nothing else can keep it/,
  },
  annotation_value: {
    text: bounded(OBJECTS, '@id("x")\n@description("@maxTtl")\n@maxTtl("soon")'),
    at: "3:1",
    policy: "x",
    says: /a duration such as "15m"/,
  },
  unknown_group: {
    ...withApprovers(),
    text: approvalOf("sre=2,lead"),
    says: /no group "lead".*did you mean "leads"\?$/,
  },
  unfillable_approval: { ...withApprovers(), text: approvalOf("leads=2"), says: /"leads=2"\) can never be given/ },
  irreplaceable_approver: {
    ...withApprovers(),
    text: approvalOf("leads"),
    says: /nobody who could vote in place of "ada"/,
  },
  group_by_name: {
    ...withApprovers(ISSUERS.map((each) => ({ ...each, preset: "entra" }))),
    text: approvalOf("sre"),
    says: /whatever staff calls "sre"; write its object id/,
  },
  group_may_be_renamed: {
    ...withApprovers(),
    text: approvalOf("sre"),
    says: /whoever may rename groups there decides who votes/,
  },
  unfillable_consent: {
    ...withApprovers(ISSUERS.map((each) => ({ ...each, onBehalf: true }))),
    text: bounded(OBJECTS, '@id("x")\n@consent').replace("is Agent", '== User::"partners|pat"'),
    says: /nobody could ever consent: agents act for no people here/,
  },
  no_person_completes: {
    text: bounded(OBJECTS).replace("when {", "when { context has onBehalfOf &&"),
    at: "3:20",
    policy: "x",
    says: /no policy permits people any of it/,
  },
  about_people_too: {
    ...withApprovers(ISSUERS.map((each) => ({ ...each, onBehalf: true }))),
    text: bounded(OBJECTS).replace("principal is Agent", "principal"),
    at: "2:9",
    says: /it permits people what it permits agents/,
  },
  step_up_off: {
    ...withApprovers(),
    text: approvalOf("sre"),
    says: /an operator's token alone still registers agents/,
  },
  consent_impossible: {
    ...{ ...withApprovers(ISSUERS.map((each) => ({ ...each, onBehalf: true }))), at: "2:38" },
    text: '@id("x")\npermit (principal is User, action == Action::"valetkey:GiveConsent", resource is Agent);',
    says: /people of staff can give no consent: give the issuer console/,
  },
  step_up_impossible: {
    ...{ ...withApprovers(), config: { issuers: ISSUERS, approvers: APPROVERS, stepUp: true } },
    ...{ text: approvalOf("sre"), says: /operators of \w+ can vote for no act: give the issuer console/ },
  },
  groups_unchecked: {
    text: approvalOf("sre"),
    at: "2:1",
    policy: "x",
    says: /not checked.*name the file with --config/,
  },
  condition_mixed: {
    ...withClause('when { context.ttl < 900 || !context.conditions.contains("change-freeze") }'),
    at: "4:30",
    says: /^a clause on context\.conditions reads context\.ttl < 900 too; write .* of their own/,
  },
  condition_form: {
    ...withClause("unless { context.conditions.isEmpty() }"),
    at: "4:10",
    says: /^the effect of conditions on context\.conditions\.isEmpty\(\) is not known; write context\.conditions\.contains/,
  },
  condition_unknown: {
    ...withClause('unless { context.conditions.contains("change-freezes") }'),
    at: "4:38",
    says: /defines no "change-freezes", so it never holds; did you mean "change-freeze"\?$/,
  },
  condition_against_kind: {
    ...withClause('when { context.conditions.containsAny(["incident", "change-freeze"]) }'),
    at: "4:52",
    says: /^while "change-freeze" holds, this permits more, and .* restricts: .*; a permit reads it in `unless`, without a `!`$/,
  },
  condition_unused: {
    text: bounded(OBJECTS),
    config: { conditions: CONDITIONS.slice(1) },
    at: "1:24",
    says: /^no policy reads the condition "incident", so to set it changes nothing$/,
  },
  label_unused: {
    text: bounded(OBJECTS, '@id("x") @label("payrol")'),
    config: { conflicts: [CONFLICT] },
    at: "1:10",
    policy: "x",
    says: /^conflicts in valetkey.json names no "payrol", so it keeps nothing apart; did you mean "payroll"\?$/,
  },
  conflict_unused: {
    text: bounded(OBJECTS, '@id("x") @label("payroll")'),
    config: { conflicts: [CONFLICT] },
    at: "1:34",
    says: /^no permit has the label "egress", so this keeps nothing apart$/,
  },
  annotation_misplaced: {
    text: bounded(OBJECTS, '@id("x")\n@bindIp').replace("permit", "forbid"),
    at: "2:1",
    policy: "x",
    says: /@bindIp belongs on a permit/,
  },
  outlives_unnamed: {
    text: bounded('action in Action::"s3:Read", resource is AWS::Resource', '@id("x") @outlives("why")'),
    at: "1:10",
    policy: "x",
    says: /needs its actions named/,
  },
  beyond_its_folder: {
    text: bounded(OBJECTS),
    at: "2:9",
    policy: "x",
    says: /a permit in the folder of team "web" is for its agents alone; write `principal in Team::"web"`/,
    name: "web/a.cedar",
  },
  duplicate_id: {
    text: `${bounded(OBJECTS)}\n${bounded(OBJECTS)}`,
    at: "4:1",
    policy: "x",
    says: /another policy has the id "x"/,
  },
  resource_identity: {
    text: bounded('action, resource == AWS::Resource::"arn:aws:s3:::acme"').replace("permit", "forbid"),
    at: "2:49",
    policy: "x",
    says: /use a condition on resource\.arn/,
  },
  claim_unnamed: {
    text: bounded(OBJECTS).replace("};", "&& principal.hasTag(context.purpose) };"),
    at: "1:1",
    policy: "x",
    says: /whose name is not written out/,
  },
  unasked_name: {
    text: `@id("x")\n// Repository::"acme/Site"\nforbid (principal is Agent, action == Action::"github:Read",\n  resource in Repository::"acme/Site");`,
    at: "4:15",
    policy: "x",
    says: /evaluated in lower case, so "acme\/Site" is never met; write "acme\/site"$/,
  },
  not_compilable: {
    text: bounded(OBJECTS).replace("};", '&& resource.arn like "*"\n  && ["a"].containsAny([resource.arn]) };'),
    at: "4:25",
    policy: "x",
    says: /`containsAny` on resource\.arn .* write `\["\.\.\.", "\.\.\."\]\.contains\(resource\.arn\)`/,
  },
  not_provable: {
    text: bounded(OBJECTS).replace("};", '&& resource.arn like "*"\n  && context.ttl < 9007199254740993 };'),
    at: "4:20",
    policy: "x",
    says: /cannot read a number beyond 2\^53; write a smaller one, and a session that depends on it is refused$/,
  },
  not_proven: {
    text: rule({ when: `${REPORTS} && decimal("1.0").lessThan(decimal("2.0"))` }),
    cases: { cases: [{ title: "reads", agent: AGENT, intent: reading("arn:aws:s3:::acme/reports/a") }] },
    at: "1:11",
    says: /^"reads": proof of aws-0: UNKNOWN, so it would not be handed out: A policy compares what/,
  },
  literal_star: {
    text: bounded(OBJECTS).replace("};", '&& resource.arn like "*"\n  && resource.arn == "arn:aws:s3:::acme/*" };'),
    at: "4:22",
    policy: "x",
    says: /compared character by character, the star too; write `resource\.arn like "arn:aws:s3:::acme\/\*"`/,
  },
  tag_spelling: {
    text: `${bounded(OBJECTS).replace("};", '&& resource.tags.team == "a" };')}
      @id("y") permit (principal is Agent, ${OBJECTS})
      when { ${IN_ACCOUNT} && resource["tags"]["Team"] == "b" };`,
    at: "5:70",
    policy: "y",
    says: /it reads the tag `Team`, which elsewhere is `team`: to IAM both are one/,
  },
  never_holds: {
    text: bounded(OBJECTS).replace("};", '&& resource.account == "444455556666" };'),
    at: "1:1",
    policy: "x",
    says: /can never hold/,
  },
  never_fits: {
    text: bounded(OBJECTS).replace("};", '&& resource.arn == "arn:aws:s3:::acme" };'),
    at: "2:39",
    policy: "x",
    says: /never fits the ARNs .* it takes arn:/,
  },
  never_fits_in_part: {
    text: bounded('action in [Action::"s3:GetObject",\n  Action::"s3:ListAllMyBuckets"], resource is AWS::Resource'),
    at: "3:3",
    policy: "x",
    says: /takes no resource/,
  },
  never_holds_in_part: {
    text: bounded(OBJECTS).replace("};", '|| (resource.account == "1" && resource.account == "2") };'),
    at: "1:1",
    policy: "x",
    says: /1 of its 2 alternatives/,
  },
  shadowed: {
    text: `${bounded(OBJECTS)}\n${rule({ id: "no", effect: "forbid", principal: "principal", action: 'action in Action::"aws:Read"', when: "true" })}`,
    at: "1:1",
    policy: "x",
    says: /"no" forbids all that it permits/,
  },
  shadowed_in_part: {
    text: `${bounded('action in [Action::"s3:GetObject",\n  Action::"s3:PutObject"], resource is AWS::Resource')}\n${rule({ id: "no", effect: "forbid", principal: "principal", action: 'action in Action::"aws:Write"', when: "true" })}`,
    at: "3:3",
    policy: "x",
    says: /"no" forbids s3:PutObject wherever this permits it/,
  },
  redundant: {
    text: `${bounded(OBJECTS, '@id("y")')}\n${bounded(OBJECTS)}`,
    at: "4:1",
    policy: "x",
    says: /"y" permits all/,
  },
  obligation_evaded: {
    text: `${bounded(OBJECTS, '@id("y")')}\n${bounded(OBJECTS, '@id("x") @bindIp')}`,
    at: "4:1",
    policy: "x",
    says: /"y" permits all of this without @bindIp/,
  },
  budget_evaded: {
    text: `${bounded(OBJECTS, '@id("y")').replace("};", '&& resource.arn like "*/a" };')}\n${bounded(OBJECTS, '@id("x")\n@budget("reads 3/1d agent")')}`,
    at: "5:1",
    policy: "x",
    says: /^"y" may permit a part of this without the budget reads 3\/1d agent, and .* give it the budget too/,
  },
  budget_shared: {
    text: bounded(OBJECTS, '@id("x")\n@budget("reads 9/1d hub")'),
    at: "2:1",
    policy: "x",
    says: /^one agent may spend the budget reads 9\/1d hub alone, .* such as reads 3\/1d agent$/,
  },
  budget_differs: {
    text: `${bounded(OBJECTS, '@id("y") @budget("reads 2/1d agent")')}\n${bounded(OBJECTS.replace("Get", "Put"), '@id("x")\n@budget("reads 3/1d agent")')}`,
    at: "5:1",
    policy: "x",
    says: /^"y" has this budget as reads 2\/1d agent, and both spend one count/,
  },
  budgets_too_many: {
    text: `${bounded(OBJECTS, '@id("x")\n@budget("a 3/1d agent, b 3/1d tree")')}\n${bounded(OBJECTS, '@id("y") @budget("c 3/1d agent, d 3/1d tree")').replace("is Agent", 'in Team::"data"')}`,
    at: "2:1",
    policy: "x",
    says: /^"y" may permit the same, and all have 4 budgets together, while at most 3 count one task/,
  },
  outlives_missing: { text: bounded(ROLES), at: "2:39", policy: "x", says: /sts:AssumeRole is never granted without/ },
  outlives_unexplained: {
    text: bounded(ROLES, '@id("x") @outlives'),
    at: "2:39",
    policy: "x",
    says: /say in @outlives\("\.\.\."\) why/,
  },
  beyond_ceiling: {
    text: bounded('action == Action::"ec2:StartInstances", resource is AWS::Resource', '@id("x")'),
    config: { accounts: [{ id: "111122223333", ceiling: ["ec2:Describe*"] }] },
    at: "2:39",
    policy: "x",
    says: /^the account 111122223333 lets no task do ec2:StartInstances/,
  },
  never_anywhere: { text: bounded(ROLES), at: "2:39", policy: "x", says: /^no account lets a task do sts:AssumeRole/ },
  any_account: {
    text: bounded(OBJECTS).replace(IN_ACCOUNT, 'resource.arn like "arn:aws:s3:::acme-*"'),
    config: { organization: { units: ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"] } },
    at: "1:1",
    policy: "x",
    says: /in each that joins a unit: name accounts/,
  },
  every_action: { text: bounded("action, resource is AWS::Resource"), at: "1:1", policy: "x", says: /name actions/ },
  every_resource: {
    text: bounded(OBJECTS).replace(IN_ACCOUNT, "context.ttl < 900"),
    at: "1:1",
    policy: "x",
    says: /bound it by/,
  },
  obligation_unkept: {
    text: bounded(OBJECTS, '@id("x")\n@maxTtl("12h")'),
    at: "2:1",
    policy: "x",
    says: /shortens none/,
  },
  address_unbound: {
    text: bounded(OBJECTS).replace(
      IN_ACCOUNT,
      `${IN_ACCOUNT} && context has sourceIp && context.sourceIp.isLoopback()`,
    ),
    at: "3:58",
    policy: "x",
    says: /its sessions work from any other as well; add @bindIp/,
  },
  purpose_is_the_agents_own_word: {
    text: bounded(OBJECTS).replace(IN_ACCOUNT, `${IN_ACCOUNT} &&\n  context.purpose like "ticket *"`),
    at: "4:11",
    policy: "x",
    says: /the agent's own word: whoever wants this types it/,
  },
  nobody_has: {
    text: bounded(OBJECTS).replace("principal is Agent", 'principal in Team::"dat a"'),
    at: "2:22",
    policy: "x",
    says: /have no team "dat a"; did you mean "data"\?/,
    agents: "- { id: reporter, team: data }",
  },
  secret_by_name: {
    text: `@id("s") permit (principal is Agent, action == Action::"secret:Read", resource is Secret) when { resource.name == "a" };
@id("x") forbid (principal is Agent, action == Action::"secretsmanager:GetSecretValue", resource is AWS::Resource)
when { resource.arn like "*:secret:prod*" };`,
    at: "2:48",
    policy: "x",
    says: /forbid secret:Read too, by resource.name/,
  },
  no_id: { text: `\n${bounded(OBJECTS, "")}`, at: "3:1", policy: "a.cedar#1", says: /has no @id/ },
  tag_case: {
    text: bounded(OBJECTS).replace("};", '&& resource.tags.team == "a" && resource.tags.stage == "b" };'),
    at: "3:60",
    policy: "x",
    says: /it reads `team`, `stage`: IAM takes a tag in another case for it, and policy does not/,
  },
  mints: { text: bounded(ROLES, '@id("x") @outlives("reviewed")'), at: "2:39", policy: "x", says: /Meant: reviewed/ },
};

const CODES = Object.entries(FOUND).map(([code, expected]) => ({ code: code as FindingCode, ...expected }));
const folderOf = ({ text, schema = SCHEMA, agents, cases, name = "a.cedar", config }: Expected) => {
  const files = {
    "schema.cedarschema": schema,
    ...(cases === undefined ? {} : { "a.cases.json": cases }),
    ...(agents === undefined ? {} : { "agents.yaml": agents }),
    [name]: text,
  };
  if (config === undefined) return policyFolder(files);
  const below = Object.fromEntries(Object.entries(files).map(([file, each]) => [`policies/${file}`, each]));
  return join(folderWith({ "valetkey.json": JSON.stringify(config), ...below }), "policies");
};
const fileOf = ({ schema, cases, name = "a.cedar" }: Expected) =>
  cases ? "a.cases.json" : schema === undefined ? name : "schema.cedarschema";

/** The local configuration, with a group that may approve. */
const local = JSON.parse(readFileSync(join(ROOT, "local/valetkey.json"), "utf8"));
const approvals = { clientId: "valetkey-approvals", freshness: "auth_time" };
const approving = {
  ...local,
  issuers: local.issuers.map((each: { kind: string }) => (each.kind === "people" ? { ...each, approvals } : each)),
  approvers: APPROVERS,
};
const configFile = join(folderWith({ "valetkey.json": JSON.stringify(approving) }), "valetkey.json");
/** Builds a deployment with the organisation and the conditions of the configuration that the policies have beside them, if any. */
const build = (policiesDir: string, { config }: Pick<Expected, "config"> = {}) => {
  const { organization, conditions }: { organization?: object; conditions?: object } = Object(config);
  const sections = { ...(organization && { organization }), ...(conditions && { conditions }) };
  const own =
    Object.keys(sections).length === 0
      ? undefined
      : folderWith({ "valetkey.json": JSON.stringify({ ...approving, ...sections }) });
  const file = own === undefined ? configFile : join(own, "valetkey.json");
  return buildDeployment({ configFile: file, policiesDir, outDir: folderWith({}) });
};

describe("a finding names its file, line, column and policy", () => {
  it.each(CODES)("$code, for machines and for people", async ({ code, ...expected }) => {
    const folder = folderOf(expected);
    const { out: json } = await runPolicy("check", folder, "--json");
    const findings: readonly Finding[] = JSON.parse(json).folders[0].findings;
    const found = findings.find((each) => each.code === code);
    const file = ["condition_unused", "conflict_unused"].includes(code)
      ? join(folder, "../valetkey.json")
      : `${folder}/${fileOf(expected)}`;
    const [line, column] = expected.at.split(":").map(Number);
    const { policy, says } = expected;
    expect(found ?? findings).toEqual({
      level: FINDINGS[code][0],
      code,
      file,
      line,
      column,
      ...(policy === undefined ? {} : { policy }),
      message: expect.stringMatching(says),
    });
    const place = policy === undefined ? "" : ` (policy "${policy}")`;
    const { out, code: exit } = await runPolicy("check", folder, "--strict");
    expect(out.split("\n")).toContain(
      `${file}:${expected.at}  ${FINDINGS[code][0]}  ${code}  ${found?.message ?? ""}${place}`,
    );
    expect(exit).toBe(findings.some(({ level }) => level !== "note") ? 1 : 0);
  });

  it("names files that come along as they were given", async () => {
    const folder = policyFolder({ "a.cedar": rule({}) });
    const other = join(folderWith({ "b.cedar": rule({ id: "odd", notes: "@odd" }) }), "b.cedar");
    const { out } = await runPolicy("check", folder, "--with", other);
    expect(out).toContain(`${other}:1:12  error  unknown_annotation  @odd is not an annotation`);
  });

  it("finds the policy itself, and not its text in a comment or in another policy", async () => {
    const text = `// ${rule({ notes: "@odd" })}${rule({ id: "one" })}// "\n${rule({ id: "two", notes: "@odd" })}`;
    const { out } = await runPolicy("check", policyFolder({ "a.cedar": text }));
    expect(out.match(/a\.cedar:\S+ {2}error/g)).toEqual(["a.cedar:4:12  error"]);
  });
});

describe("I2: a tag has one spelling in all policies", () => {
  it.each([
    ["team", "TEAM"],
    ["\u017fet", "set"],
    ["\u212aey", "key"],
    ["stra\u00dfe", "strasse"],
  ])("%s and %s are one to IAM, by some rule of letters", (one, other) => {
    const policies = [one, other].flatMap((name, index) =>
      parsePolicies({
        ...{ name: `${index}.cedar`, path: `${index}.cedar` },
        text: bounded(OBJECTS, `@id("p${index}")`).replace("};", `&& resource.tags["${name}"] == "a" };`),
      }),
    );
    expect(tagSpellings(policies).map(({ code }) => code)).toEqual(["tag_spelling"]);
  });
});

describe("the build refuses what the check calls an error", () => {
  it.each(CODES)("$code", async ({ code, ...expected }) => {
    const folder = folderOf(expected);
    const { out } = await runPolicy("check", folder);
    // The build reads no cases.
    const errors = out.split("\n").filter((line) => line.includes("  error  ") && !line.includes("  not_proven  "));
    if (FINDINGS[code][0] !== "error") {
      expect(errors).toEqual([]);
      expect(() => build(folder, expected)).not.toThrow();
      return;
    }
    expect(errors.length).toBeGreaterThan(0);
    // The same lines, in whatever order.
    const message = messageOf(() => build(folder, expected))
      .split("\n")
      .slice(1);
    expect(message.toSorted()).toEqual(errors.map((line) => `  ${line}`).toSorted());
  });

  it("nothing is synthesised where policies have errors", () => {
    const folder = policyFolder({ "a.cedar": FOUND.unknown_action.text });
    const out = folderWith({});
    const context = { "valetkey:policies": folder, "valetkey:out": join(out, "deployment") };
    const synth = () =>
      execFileSync(process.execPath, ["infra/app.ts"], {
        cwd: ROOT,
        env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: join(out, "cdk") },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
    expect(synth).toThrow(`${folder}/a.cedar:3:39  error  unknown_action`);
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String((error as Error).message);
  }
  throw new Error("it was built");
}

describe("a rule that forbids make pointless", () => {
  const permit = rule({ id: "yes", action: 'action in [Action::"s3:GetObject", Action::"s3:PutObject"]' });
  const forbid = (id: string, action: string, when = "true") =>
    rule({ id, effect: "forbid", principal: "principal", action: `action == Action::"${action}"`, when });
  const shadows = async (...texts: readonly string[]) => {
    const { out } = await runPolicy("check", policyFolder({ "a.cedar": texts.join("") }), "--json");
    return JSON.parse(out).folders[0].findings.map(({ code, message }: Finding) => [code, message]);
  };

  it("is found where several take it away, action by action", async () => {
    expect(await shadows(permit, forbid("no-reads", "s3:GetObject"), forbid("no-writes", "s3:PutObject"))).toEqual([
      ["shadowed", '"no-reads" and "no-writes" forbid all that it permits; it can never grant anything'],
    ]);
  });

  it("is not reported where a forbid has a condition of its own", async () => {
    expect(await shadows(permit, forbid("late", "s3:GetObject", "context.time.hour > 18"))).toEqual([]);
    expect(await shadows(permit, forbid("pii", "s3:GetObject", 'resource.arn like "*/pii/*"'))).toEqual([]);
  });
});

describe("valetkey policy check --findings", () => {
  it("prints every finding with its level and its meaning, and checks nothing", async () => {
    const { code, out } = await runPolicy("check", "no-such-folder", "--findings");
    expect(code).toBe(0);
    const rows = out
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(rows).toEqual(Object.entries(FINDINGS).map(([name, [level, meaning]]) => [level, name, meaning]));
    const { out: json } = await runPolicy("check", "--findings", "--json");
    expect(JSON.parse(json)).toEqual(rows.map(([level, name, meaning]) => ({ level, code: name, meaning })));
  });
});
