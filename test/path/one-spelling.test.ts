import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { judgeUse } from "../../functions/core/escalation/judge-use.ts";
import { apiUseOf } from "../../functions/core/ledger/api-use.ts";
import { ledgerOf } from "../../functions/core/ledger/ledger-view.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { sendConsent } from "../fakes/samples/given-consent.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, CATALOGUE, fakeWorld, policiesWith, READ_REPORTS } from "../fakes/world/world.ts";
import { sessionPolicyAllows } from "../property/iam-oracle.ts";
import { NORTH, serve } from "./acting-for-people.ts";

const [REPORTS] = READ_REPORTS;
const intent = (changed: object) => JSON.stringify([{ ...REPORTS, ...changed }]);

/** Characters that some fold, trim or decode to another. */
const LOOKALIKES: Readonly<Record<string, readonly string[]>> = {
  s: ["\u017f", "\uff53", "%73"],
  k: ["\u212a"],
  i: ["\u0131", "\u0130"],
  e: ["\u0435", "e\u0301"],
  "1": ["\uff11", "\u0661"],
  "3": ["\uff13", "\u0663"],
  ":": ["\uff1a", "%3A"],
};

/** Respells a text: letters in another case, then at most one lookalike, and something at an end. */
const respelling = (text: string): fc.Arbitrary<string> =>
  fc
    .record({
      upper: fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }),
      odd: fc.option(fc.nat(text.length - 1), { freq: 2 }),
      choice: fc.nat(),
      ends: fc.constantFrom("", "", "", "", ".", " ", "\t", "\u00a0", "\u200b", "\0"),
      begins: fc.constantFrom("", "", "", "", " ", "\ufeff"),
    })
    .map(({ upper, odd, choice, ends, begins }) => {
      const letters = [...text].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter.toLowerCase()));
      const lookalikes = odd === null ? [] : (LOOKALIKES[letters[odd]?.toLowerCase() ?? ""] ?? []);
      if (odd !== null && lookalikes.length > 0) letters[odd] = lookalikes[choice % lookalikes.length] ?? "";
      return `${begins}${letters.join("")}${ends}`;
    });

/** Bounds the runs: each is a whole request. */
const RUNS = { numRuns: 80 };

/** Event of CloudTrail about a read of a report with the task's own key. */
function readBy(task: Task) {
  const [lease] = task.leases;
  const use = apiUseOf(
    {
      ...{ source: "aws.s3", account: ACCOUNT, "detail-type": "AWS API Call via CloudTrail" },
      detail: {
        ...{ eventID: "e1", eventTime: new Date(task.openedAt * 1_000).toISOString(), awsRegion: "us-east-1" },
        ...{ eventSource: "s3.amazonaws.com", eventName: "GetObject", readOnly: true },
        requestParameters: { bucketName: "acme-data", key: "reports/north/a" },
        userIdentity: {
          arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${lease?.role}/${task.path}`,
          accessKeyId: lease?.accessKeyId,
        },
      },
    },
    () => true,
    CATALOGUE,
  );
  if (!use) throw new Error("no use");
  return use;
}

/** Grant, session policy, ledger and escalations of a task that may read reports, or the refusal's code. */
async function outcomeOf(actions: readonly string[]) {
  const service = new FakeService(fakeWorld());
  const { status, body } = await service.exchange({ authorization_details: intent({ actions }) });
  if (status !== 200) return { status, code: body.code, denials: body.denials };
  const { tasks, sessions } = service.world.ports;
  const task = tasks.tasks.get(body.task?.id ?? "");
  if (!task) throw new Error("no task");
  const use = readBy(task);
  const row = { ...use, used: 1, denied: 0, first: use.at, last: use.at };
  return {
    status,
    granted: body.authorization_details,
    policies: sessions.asked.map(({ policy }) => policy),
    ledger: ledgerOf(task.details, [], [row], () => ({ dataEvents: ["s3"], regions: [regionNamed("us-east-1")] })),
    rules: judgeUse(use, task, { catalogue: CATALOGUE, tripwires: [] }),
  };
}

describe("a name in another spelling means the same to grant, session policy, ledger and escalations, or is refused", () => {
  it.each([
    ["s3:GetObject", 200],
    ["s3:GetO*ject", 200],
    ["s3:Get*Object", 200],
    ["s3:PutObject", 403],
  ])("an action: %s", async (action, status) => {
    const plain = await outcomeOf([action]);
    expect(plain).toMatchObject(
      status === 200 ? { status, rules: [], ledger: [{ granted: true, used: 1 }] } : { status },
    );
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(respelling(action), async (written) => {
        const outcome = await outcomeOf([written]);
        seen.add(outcome.status);
        if (outcome.status !== 400) expect(outcome).toEqual(plain);
        else expect(outcome).toEqual({ status: 400, code: "intent_invalid", denials: undefined });
      }),
      RUNS,
    );
    expect(seen).toEqual(new Set([status, 400]));
  });

  it.each<[string, string, (name: string) => object]>([
    ["account", ACCOUNT, (account) => ({ account })],
    ["partition of an ARN", "aws", (name) => ({ resources: [`arn:${name}:s3:::acme-data/reports/a`] })],
    ["service of an ARN", "s3", (name) => ({ resources: [`arn:aws:${name}:::acme-data/reports/a`] })],
    ["region of an ARN", "us-east-1", (name) => ({ resources: [`arn:aws:s3:${name}::acme-data/reports/a`] })],
    ["account of an ARN", ACCOUNT, (id) => ({ resources: [`arn:aws:s3:us-east-1:${id}:acme-data/reports/a`] })],
  ])("%s: another spelling is refused", async (_what, name, changed) => {
    const service = new FakeService(fakeWorld());
    await fc.assert(
      fc.asyncProperty(
        respelling(name).filter((written) => written !== name),
        async (written) => {
          const { body } = await service.exchange({ authorization_details: intent(changed(written)) });
          expect(body.code).toBe("intent_invalid");
        },
      ),
      RUNS,
    );
  });

  it("a tag: a resource with the tag in another case does not get past a Deny", async () => {
    const policies = policiesWith(`
      @id("reads") permit (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource);
      @id("not-secrets") forbid (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource)
      when { resource.tags has secrecy && resource.tags.secrecy == "high" };`);
    const service = new FakeService(fakeWorld({ policies }));
    await service.exchange({ authorization_details: JSON.stringify(READ_REPORTS) });
    const policy = service.world.ports.sessions.asked.at(-1)?.policy ?? "";
    const reads = (tags: Readonly<Record<string, string>>) =>
      sessionPolicyAllows(policy, {
        ...{
          action: "s3:GetObject",
          resource: "arn:aws:s3:::acme-data/reports/north/a",
          resourceAccount: ACCOUNT,
          tags,
        },
        context: { "aws:CurrentTime": new Date(service.world.nowSeconds() * 1_000).toISOString() },
      });
    expect(await reads({ secrecy: "low" })).toBe(true);
    for (const key of ["secrecy", "Secrecy", "SECRECY", "sEcReCy"]) expect(await reads({ [key]: "high" })).toBe(false);
  });

  it("a tag: an agent's condition on one is refused in every case", async () => {
    const service = new FakeService(fakeWorld());
    for (const key of ["aws:ResourceTag/team", "AWS:resourcetag/Team", "S3:EXISTINGOBJECTTAG/team"]) {
      const { body } = await service.exchange({
        authorization_details: intent({ conditions: { StringEquals: { [key]: "data" } } }),
      });
      expect([key, body.code]).toEqual([key, "intent_invalid"]);
    }
  });

  it("a delegation's bound: the sub-agent gets within a respelled one what it gets within the plain one", async () => {
    const bounded = async (action: string) => {
      const service = new FakeService(fakeWorld());
      const held = await service.start();
      const details = intent({ actions: [action] });
      const { status, body } = await service.delegate(held.token, { authorization_details: details });
      if (status !== 200) return { status, code: body.code };
      const child = await service.exchangeDelegation(String(body.access_token));
      return { status: child.status, granted: child.body.authorization_details, bound: body.authorization_details };
    };
    const plain = await bounded("s3:GetObject");
    expect(plain.status).toBe(200);
    await fc.assert(
      fc.asyncProperty(respelling("s3:GetObject"), async (written) => {
        const outcome = await bounded(written);
        expect(outcome).toEqual(outcome.status === 200 ? plain : { status: 400, code: "intent_invalid" });
      }),
      RUNS,
    );
  });

  it("a person's consent is recorded in the one spelling", async () => {
    await fc.assert(
      fc.asyncProperty(respelling("s3:GetObject"), async (written) => {
        const service = new FakeService(fakeWorld());
        const ceiling = [{ ...REPORTS, actions: [written] }];
        const { status, body } = await sendConsent(service, { authorization_details: ceiling });
        if (status === 201) expect(body.authorization_details).toEqual(READ_REPORTS);
        else expect([status, body.code]).toEqual([400, "intent_invalid"]);
      }),
      RUNS,
    );
  });

  it("a ceiling in a person's token bounds the agent as the plain one does", async () => {
    const service = serve();
    const { world } = service;
    await fc.assert(
      fc.asyncProperty(respelling("s3:GetObject"), async (written) => {
        const ceiling = [{ ...REPORTS, actions: [written] }];
        const { status, body } = await service.exchangeFor(
          world.personToken({ authorization_details: ceiling }),
          NORTH,
        );
        world.pass(60);
        if (status !== 200) expect([status, body.code]).toEqual([400, "token_claims"]);
      }),
      RUNS,
    );
  });
});
