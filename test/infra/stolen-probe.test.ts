import { runSimulation } from "@cloud-copilot/iam-simulate";
import { describe, expect, it } from "vitest";
import { DEFAULT_CEILING } from "../../functions/core/ceiling/ceiling-actions.ts";
import { PROBE_ACTION, PROBE_IDENTITY, SESSION_TAGS, taskRoleName } from "../../functions/names.ts";
import { ceiling, taskRoleTrust } from "../../infra/target-rights.ts";

const [HUB, TARGET] = ["999900001111", "111122223333"];
const ROLE = `arn:aws:iam::${TARGET}:role/${taskRoleName(0)}`;
type Statements = readonly object[];
const document = (statements: Statements) =>
  JSON.parse(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
const ALL = document([{ Effect: "Allow", Action: "*", Resource: "*" }]);
type Context = Readonly<Record<string, string | string[]>>;

async function isAllowed(simulation: Parameters<typeof runSimulation>[0]): Promise<boolean> {
  const outcome = await runSimulation(simulation, {});
  if (outcome.resultType !== "single") throw new Error(JSON.stringify(outcome));
  return outcome.overallResult === "Allowed";
}

const TRUST = taskRoleTrust(HUB, "aws");

/** Whether a stolen function, that has every right in its own account, may do that with the task role: the role's trust alone stands in its way. */
async function trusts(by: "exchange" | "probe", action: string, context: Context, trust: Statements = TRUST) {
  return isAllowed({
    request: {
      principal: `arn:aws:sts::${HUB}:assumed-role/valetkey-${by}/session`,
      action: `sts:${action}`,
      resource: { resource: ROLE, accountId: TARGET },
      contextVariables: context as Record<string, string | string[]>,
    },
    identityPolicies: [{ name: "all", policy: ALL }],
    resourcePolicy: document(trust),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  });
}

const tags = (agent = "demo", task = "k7f3m2q9x4ab."): Context => ({
  [`aws:RequestTag/${SESSION_TAGS.agent}`]: agent,
  [`aws:RequestTag/${SESSION_TAGS.task}`]: task,
  "aws:TagKeys": Object.values(SESSION_TAGS),
  "sts:TransitiveTagKeys": Object.values(SESSION_TAGS),
});
const as = (identity: string): Context => ({ ...tags(), "sts:SourceIdentity": identity });

/** All three that one AssumeRole takes. */
async function becomes(by: "exchange" | "probe", context: Context, trust: Statements = TRUST): Promise<boolean> {
  const actions = ["AssumeRole", "TagSession", "SetSourceIdentity"];
  const answers = await Promise.all(actions.map((action) => trusts(by, action, context, trust)));
  return answers.every(Boolean);
}

/** The trust without that part of its conditions. */
const trustWithout = (operator: string) =>
  TRUST.map(({ Condition: { [operator]: _, ...rest } = {}, ...statement }) => ({ ...statement, Condition: rest }));

describe("the trust of a task role", () => {
  it("lets each of the two in under its own source identity", async () => {
    expect(await becomes("exchange", as("demo"))).toBe(true);
    expect(await becomes("probe", as(PROBE_IDENTITY))).toBe(true);
  });

  it("lets a stolen probe pass for no agent", async () => {
    for (const identity of ["demo", "valetkey-prob", "valetkey-probe2", "VALETKEY-PROBE"])
      for (const action of ["AssumeRole", "SetSourceIdentity"])
        expect(await trusts("probe", action, as(identity)), `${action} ${identity}`).toBe(false);
    expect(await trusts("probe", "AssumeRole", tags())).toBe(false);
    // The condition is what holds it.
    expect(await becomes("probe", as("demo"), trustWithout("StringEquals"))).toBe(true);
  });

  it("lets a stolen exchange not pass for the probe, whose sessions nobody counts as a task's", async () => {
    for (const action of ["AssumeRole", "SetSourceIdentity"])
      expect(await trusts("exchange", action, as(PROBE_IDENTITY)), action).toBe(false);
    expect(await becomes("exchange", as(PROBE_IDENTITY), trustWithout("StringNotEquals"))).toBe(true);
  });

  it("lets neither in without saying whose the session is, nor with a tag more", async () => {
    for (const [by, identity] of [
      ["exchange", "demo"],
      ["probe", PROBE_IDENTITY],
    ] as const) {
      const { [`aws:RequestTag/${SESSION_TAGS.agent}`]: _, ...unnamed } = as(identity);
      expect(await trusts(by, "AssumeRole", unnamed)).toBe(false);
      const more = { ...as(identity), "aws:TagKeys": [...Object.values(SESSION_TAGS), "other"] };
      expect(await trusts(by, "TagSession", more)).toBe(false);
      const shed = { ...as(identity), "sts:TransitiveTagKeys": [SESSION_TAGS.task] };
      expect(await trusts(by, "TagSession", shed)).toBe(false);
    }
  });
});

describe("a stolen probe's session", () => {
  const { allow, deny } = ceiling("aws");
  const walls: Statements = [...allow, ...deny];

  interface Session {
    readonly identity?: string;
    readonly walls?: Statements;
    readonly resourcePolicy?: object;
  }

  /** Whether a session, for which the thief chose a session policy that allows everything, may do that. */
  async function may(action: string, resource: string, session: Session = {}): Promise<boolean> {
    const { identity = PROBE_IDENTITY, walls: ceilingOf = walls, resourcePolicy } = session;
    return isAllowed({
      request: {
        principal: `arn:aws:sts::${TARGET}:assumed-role/${taskRoleName(0)}/k7f3m2q9x4ab.`,
        action,
        resource: { resource, accountId: TARGET },
        contextVariables: {
          "aws:SourceIdentity": identity,
          [`aws:PrincipalTag/${SESSION_TAGS.agent}`]: "demo",
          [`aws:PrincipalTag/${SESSION_TAGS.task}`]: "k7f3m2q9x4ab.",
        },
      },
      identityPolicies: [{ name: "ceiling", policy: document(ceilingOf) }],
      permissionBoundaryPolicies: [{ name: "boundary", policy: document(ceilingOf) }],
      sessionPolicy: ALL,
      ...(resourcePolicy === undefined ? {} : { resourcePolicy: document([resourcePolicy]) }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    });
  }

  const calls = [
    ["s3:GetObject", "arn:aws:s3:::acme-data/payroll.csv"],
    ["s3:ListBucket", "arn:aws:s3:::acme-data"],
    ["s3:PutObject", "arn:aws:s3:::acme-data/x"],
    ["dynamodb:Scan", `arn:aws:dynamodb:us-east-1:${TARGET}:table/orders`],
    ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-east-1:${TARGET}:secret:x-123456`],
    ["lambda:InvokeFunction", `arn:aws:lambda:us-east-1:${TARGET}:function:x`],
    ["ec2:DescribeInstances", "*"],
  ] as const;

  it("lists the account's buckets, which is what it is for", async () => {
    expect(await may(PROBE_ACTION, "*")).toBe(true);
  });

  it.each(calls)("cannot %s, which any task could that was given it", async (action, resource) => {
    expect(await may(action, resource)).toBe(false);
    // An agent's session of the same role may, and so may the probe's without that one Deny: it is what holds.
    expect(await may(action, resource, { identity: "demo" })).toBe(true);
    const [, , last] = deny;
    expect(await may(action, resource, { walls: walls.filter((statement) => statement !== last) })).toBe(true);
  });

  it("cannot become another role, and so not shed its source identity", async () => {
    for (const action of ["sts:AssumeRole", "iam:PutRolePolicy"])
      expect(await may(action, `arn:aws:iam::${TARGET}:role/admin`)).toBe(false);
    expect(await may("sts:GetSessionToken", "*")).toBe(false);
  });

  it("gets nothing out of a resource policy that names its session, its agent's tag, or anybody", async () => {
    const arn = `arn:aws:sts::${TARGET}:assumed-role/${taskRoleName(0)}/k7f3m2q9x4ab.`;
    const resource = "arn:aws:s3:::acme-data/payroll.csv";
    const open = { Effect: "Allow", Action: "s3:GetObject", Resource: resource };
    const grants = [
      { ...open, Principal: { AWS: arn } },
      {
        ...open,
        Principal: { AWS: `arn:aws:iam::${TARGET}:root` },
        Condition: { StringEquals: { [`aws:PrincipalTag/${SESSION_TAGS.agent}`]: "demo" } },
      },
      { ...open, Principal: "*" },
    ];
    for (const resourcePolicy of grants) {
      expect(await may("s3:GetObject", resource, { resourcePolicy })).toBe(false);
      expect(await may("s3:GetObject", resource, { resourcePolicy, identity: "demo" })).toBe(true);
    }
  });

  it("can be no more where an account lists other actions: not even that one call, unless it lists it", async () => {
    const narrow = ceiling("aws", ["s3:GetObject"]);
    const statements = [...narrow.allow, ...narrow.deny];
    expect(await may(PROBE_ACTION, "*", { walls: statements })).toBe(false);
    expect(await may("s3:GetObject", "arn:aws:s3:::acme-data/x", { walls: statements })).toBe(false);
    expect(DEFAULT_CEILING).toContain(PROBE_ACTION);
  });
});
