import { runSimulation } from "@cloud-copilot/iam-simulate";
import { describe, expect, it } from "vitest";
import { DEFAULT_CEILING } from "../../functions/core/ceiling/ceiling-actions.ts";
import { taskRoleName } from "../../functions/hub-names.ts";
import { PROBE_ACTION, PROBE_IDENTITY, SESSION_TAGS } from "../../functions/names.ts";
import { ceiling } from "../../infra/target-rights.ts";

const TARGET = "111122223333";
type Statements = readonly object[];
const document = (statements: Statements) =>
  JSON.parse(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
const ALL = document([{ Effect: "Allow", Action: "*", Resource: "*" }]);

async function isAllowed(simulation: Parameters<typeof runSimulation>[0]): Promise<boolean> {
  const outcome = await runSimulation(simulation, {});
  if (outcome.resultType !== "single") throw new Error(JSON.stringify(outcome));
  return outcome.overallResult === "Allowed";
}

describe("a stolen probe's session", () => {
  const { allow, deny } = ceiling("aws");
  const walls: Statements = [...allow, ...deny];

  interface Session {
    readonly identity?: string;
    readonly walls?: Statements;
    readonly resourcePolicy?: object;
  }

  /** Returns whether a session may make this call. Its session policy, chosen by the thief, allows everything. */
  async function may(action: string, resource: string, session: Session = {}): Promise<boolean> {
    const { identity = PROBE_IDENTITY, walls: ceilingOf = walls, resourcePolicy } = session;
    return isAllowed({
      request: {
        principal: `arn:aws:sts::${TARGET}:assumed-role/${taskRoleName(0, {})}/k7f3m2q9x4ab.`,
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
    // An agent's session of the same role may. The probe's may too without that one Deny, so the Deny is what stops it.
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
    const arn = `arn:aws:sts::${TARGET}:assumed-role/${taskRoleName(0, {})}/k7f3m2q9x4ab.`;
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
