import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const LAKE = "arn:aws:s3:::acme-lake/sales/*";
const RESULTS = "arn:aws:s3:::acme-results/*";
const PERMIT = 'permit (principal, action, resource) when { resource.account == "111122223333" };';
const FORBID = 'forbid (principal, action, resource is AWS::Resource) when { resource.arn like "*/pii/*" };';

interface Statement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}

const detail = (actions: readonly string[], resources: readonly string[], more: object = {}) => ({
  type: "aws",
  account: ACCOUNT,
  actions,
  resources,
  ...more,
});
const requestFor = (...details: readonly object[]) => ({
  authorization_details: JSON.stringify(details),
  task_ttl: "7200",
});
const READ_AND_WRITE = requestFor(detail(["s3:GetObject"], [LAKE]), detail(["s3:PutObject"], [RESULTS]));

const serving = (world: FakeWorld, ...policies: readonly string[]) =>
  new FakeService(world, { ...world.ports, policies: cedarOf(policies) });
const policyOf = (text = "{}"): readonly Statement[] => JSON.parse(text).Statement;
const allowsOf = (text: string | undefined) => policyOf(text).filter(({ Effect }) => Effect === "Allow");
const lastPolicy = ({ ports }: FakeWorld) => ports.sessions.asked.at(-1)?.policy;

describe("details of one account", () => {
  it("become one session, which pairs each detail's actions with its own resources (I2)", async () => {
    const world = fakeWorld();
    const { status, body } = await serving(world, PERMIT).exchange(READ_AND_WRITE);
    expect({ status, credentials: body.credentials }).toMatchObject({
      status: 200,
      credentials: [{ name: "aws-0", details: [0, 1] }],
    });
    expect(allowsOf(lastPolicy(world))).toMatchObject([
      { Action: "s3:GetObject", Resource: LAKE },
      { Action: "s3:PutObject", Resource: RESULTS },
    ]);
    expect(world.ports.sessions.asked).toHaveLength(1);
  });

  it("can be written as statements of one detail just as well, each granted as a detail", async () => {
    const world = fakeWorld();
    const statements = [
      { actions: ["s3:GetObject"], resources: [LAKE] },
      { actions: ["s3:PutObject"], resources: [RESULTS], conditions: { Bool: { "aws:SecureTransport": "true" } } },
    ];
    const { body } = await serving(world, PERMIT).exchange(requestFor({ type: "aws", account: ACCOUNT, statements }));
    expect(body.authorization_details).toEqual([
      detail(["s3:GetObject"], [LAKE]),
      detail(["s3:PutObject"], [RESULTS], { conditions: { Bool: { "aws:SecureTransport": ["true"] } } }),
    ]);
    expect(allowsOf(lastPolicy(world)).map(({ Condition }) => Object.keys(Condition ?? {}))).toEqual([
      ["StringEquals"],
      ["Bool", "StringEquals"],
    ]);
  });

  it("share the Denies of all, and one fence", async () => {
    const world = fakeWorld();
    await serving(world, PERMIT, FORBID).exchange(READ_AND_WRITE);
    const denies = policyOf(lastPolicy(world)).filter(({ Effect }) => Effect === "Deny");
    expect(denies.flatMap(({ Resource }) => Resource)).toEqual(
      expect.arrayContaining(["arn:aws:s3:::acme-lake/sales/pii/*", "arn:aws:s3:::acme-results/pii/*"]),
    );
    expect(denies.filter(({ Condition }) => Condition?.DateGreaterThanEquals)).toHaveLength(1);
  });

  it("are renewed as what they were: the same session for the same details", async () => {
    const world = fakeWorld();
    const service = serving(world, PERMIT);
    const held = await service.start(READ_AND_WRITE);
    const first = allowsOf(lastPolicy(world));
    world.pass(60);
    expect(await service.renew(held)).toMatchObject({ status: 200 });
    expect(allowsOf(lastPolicy(world))).toEqual(first);
  });

  it("bound a child together: it may have parts of several, and nothing that mixes them (I3)", async () => {
    const service = serving(fakeWorld(), PERMIT);
    const held = await service.start(READ_AND_WRITE);
    const parts = [
      detail(["s3:GetObject"], ["arn:aws:s3:::acme-lake/sales/a"]),
      detail(["s3:PutObject"], ["arn:aws:s3:::acme-results/a"]),
    ];
    await service.startBelow(held, requestFor(...parts));
    const mixed = requestFor(detail(["s3:PutObject"], ["arn:aws:s3:::acme-lake/sales/a"]));
    await expect(service.startBelow(held, mixed)).rejects.toThrow(/not within what the task above/);
  });
});

/** Two services, and too many characters for one session. */
const names = (count: number) => Array.from({ length: count }, (_, n) => `reports-of-the-department-number-${n + 10}`);
const TOO_MUCH = requestFor(
  detail(
    ["s3:GetObject"],
    names(14).map((name) => `arn:aws:s3:::acme-lake/${name}/*`),
  ),
  detail(
    ["sqs:SendMessage"],
    names(14).map((name) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`),
  ),
);

describe("an intent that does not fit into one session", () => {
  it("is split by service, and the answer names the purpose of each lease", async () => {
    const world = fakeWorld();
    const { status, body } = await serving(world, PERMIT).exchange(TOO_MUCH);
    expect({ status, credentials: body.credentials }).toMatchObject({
      status: 200,
      credentials: [
        { name: "aws-0", details: [0] },
        { name: "aws-1", details: [1] },
      ],
    });
  });

  it("stays split while the task lives, though it would fit by now; and one session stays one", async () => {
    const world = fakeWorld();
    const service = serving(world, PERMIT);
    const held = await service.start(TOO_MUCH);
    const [, queues] = world.ports.sessions.asked;
    world.pass(60);
    expect(await service.renew(held, "aws-1")).toMatchObject({ status: 200 });
    expect(allowsOf(lastPolicy(world))).toEqual(allowsOf(queues?.policy));

    const together = await service.start(READ_AND_WRITE);
    world.pass(60);
    // The forbids now make the two details longer than a session policy may be.
    const words = names(30).map((name) => `resource.arn like "*${name}*"`);
    const forbids = `forbid (principal, action, resource is AWS::Resource) when { ${words.join(" || ")} };`;
    const later = serving(world, PERMIT, forbids);
    expect(await later.renew(together)).toMatchObject({ status: 400, body: { code: "intent_too_large" } });
    expect(await later.renew(together, "aws-1")).toMatchObject({ status: 404 });
  });

  it("gives a child no more than both leases of its parent give together (I3)", async () => {
    const service = serving(fakeWorld(), PERMIT);
    const held = await service.start(TOO_MUCH);
    const [name] = names(1);
    const parts = [
      detail(["s3:GetObject"], [`arn:aws:s3:::acme-lake/${name}/a`]),
      detail(["sqs:SendMessage"], [`arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`]),
    ];
    await service.startBelow(held, requestFor(...parts));
    const more = requestFor(...parts, detail(["s3:PutObject"], [`arn:aws:s3:::acme-lake/${name}/a`]));
    await expect(service.startBelow(held, more)).rejects.toThrow(/not within what the task above/);
  });
});
