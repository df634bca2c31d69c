import { describe, expect, it } from "vitest";
import { provenCases } from "../../../client/policy/check/proven-cases.ts";
import { lostText } from "../../../client/policy/prove/lost-text.ts";
import { proofText } from "../../../client/policy/prove/proof-text.ts";
import { agentId } from "../../../contract/agent-id.ts";
import type { Answer, Call } from "../../../functions/core/proof/question.ts";
import { type Deciding, decidingBundle } from "../../../functions/policy/bundle.ts";
import type { Request } from "../../../functions/policy/decide/request.ts";
import { explain } from "../../../functions/policy/explain/explain.ts";
import { converseOf } from "../../../functions/policy/prove-sessions.ts";
import type { Finding } from "../../../functions/policy/read/finding.ts";
import { catalogue } from "../core/catalogue/load-catalogue.ts";
import { statedOf } from "../core/proof/ask.ts";
import { AGENT, POLICIES, policyFolder, REPORTS, reading, rule, runPolicy } from "./run-policy.ts";

const SHIPPED = [
  POLICIES,
  ...["ci-coding-agent", "ci-deployer", "data-analysis-agent", "incident-response-agent", "infrastructure-agent"].map(
    (name) => `${POLICIES}/examples/${name}`,
  ),
];

const MAY = reading("arn:aws:s3:::acme/reports/may.csv");
/** Decided before the call, by what the validator does not compute. */
const DECIMAL = rule({ when: `${REPORTS} && decimal("1.0").lessThan(decimal("2.0"))` });

/** Policies with a forbid that the compiler has not seen. */
function withUnseenForbid(folder: string): Deciding {
  const bundle = decidingBundle(folder);
  const forbid = statedOf('@id("late") forbid (principal, action, resource) when { resource.arn like "*may*" };');
  Object.defineProperty(bundle.engine, "stated", { value: [...bundle.engine.stated, forbid] });
  return bundle;
}

const explained = (text: string, ...flags: readonly string[]) =>
  runPolicy(
    ...["explain", policyFolder({ "a.cedar": text }), "--agent", JSON.stringify(AGENT)],
    ...["--intent", JSON.stringify(MAY), ...flags],
  );
const REFUSED = { answer: "denied", code: "policy_denied", sentence: "", denials: [] } as const;
const QUESTION = {
  text: "",
  asked: [],
  bounds: [],
  above: [],
  fenceAt: 0,
  account: "111122223333",
  reads: [],
  never: [],
  exceptions: [],
  policies: [],
  catalogue,
  asker: {
    agent: { id: agentId("any"), owner: "o", team: "t" },
    claims: {},
    purpose: "",
    ttlSeconds: 900,
    openedAt: 0,
    atMs: 0,
    chain: [],
    conditions: [],
  },
};
const SESSION = { lease: "aws-0", question: QUESTION, promised: [] };
const textOf = (proof: Answer) => proofText({ lease: "aws-0", fenceAt: 1_795_521_600, policies: 2, proof });
const REQUEST: Omit<Request, "intent"> = {
  title: "",
  agent: { ...AGENT, id: agentId(AGENT.id), owner: "ada", claims: {} },
  purpose: "report",
  ttlSeconds: 900,
  atMs: Date.parse("2026-11-24T12:00:00Z"),
  mode: "all",
};
const CALL: Call = {
  action: "s3:GetObject",
  resource: "arn:aws:s3:::acme/pii",
  account: "111122223333",
  tags: {},
  told: "aws:ResourceTag",
  keys: {},
  conditions: {},
  atSeconds: 1_795_521_599,
  from: "elsewhere",
  objection: "no permit",
};

describe("valetkey policy explain --prove", () => {
  it("reports what is proven of each session policy, and proves nothing unless requested", async () => {
    const { code, out } = await explained(rule({}), "--prove");
    expect(code).toBe(0);
    expect(out).toContain(
      "proof of aws-0: PROVEN\n    Whatever this text allows, the one policy permits: each action, resource, tag and account,\n",
    );
    expect(out).toContain("From 2026-11-24T12:15:00Z on it allows nothing.");
    expect((await explained(rule({}))).out).not.toContain("proof");
  });

  it("gives the verdict to machines, and counts the policies that are enforced", async () => {
    const watched = rule({ id: "watched", notes: '@mode("shadow")', effect: "forbid" });
    const { out } = await explained(rule({}) + watched, "--prove", "--json");
    const proof = { lease: "aws-0", policies: 1, proof: { verdict: "proven" } };
    expect(JSON.parse(out).proofs).toEqual([{ ...proof, fenceAt: Date.parse("2026-11-24T12:15:00Z") / 1_000 }]);
  });

  it("answers 1 where nothing is shown, and names the reason", async () => {
    const { code, out } = await explained(DECIMAL, "--prove");
    expect([code, out]).toEqual([1, expect.stringContaining("proof of aws-0: UNKNOWN, so it would not be handed out")]);
    expect(out).toContain("A policy compares what the validator cannot");
    expect((await explained(DECIMAL)).code).toBe(0);
  });

  it("shows what follows where a tag's name is in another case, which is assumed not to be", async () => {
    const tagged = rule({ when: `${REPORTS} && resource.tags.team == "data"` });
    const { code, out } = await explained(tagged, "--prove");
    expect(code).toBe(0);
    expect(out).toContain("proof of aws-0: PROVEN");
    expect(out).toContain(
      "Should one differ (`Team` for `team`),\n    the text allows s3:GetObject on arn:aws:s3:::acme/",
    );
    expect(out).toContain(
      'with none of the tags that policies read\n      where s3:ExistingObjectTag/team = "data" and that IAM is told aws:ResourceAccount holds\n      but no policy permits it',
    );
    expect((await explained(rule({}), "--prove")).out).not.toContain("Should one differ");
  });

  it("has no proof of a refusal", async () => {
    const { code, out } = await explained(rule({ effect: "forbid" }), "--prove", "--json");
    expect([code, JSON.parse(out).proofs]).toEqual([1, []]);
  });

  it("shows the call that a session policy allows and a policy forbids", async () => {
    const bundle = withUnseenForbid(policyFolder({ "a.cedar": rule({}) }));
    const request = { ...REQUEST, intent: MAY };
    const { proofs = [] } = await explain(request, bundle, true);
    expect(proofs.map(proofText).join()).toContain(
      "the text allows s3:GetObject on arn:aws:s3:::acme/reports/may.csv\n      in account 111122223333, at 2026-11-24T12:00:00Z, from the asker's address",
    );
    expect(proofs.map(proofText).join()).toContain("but late forbids it");
  });
});

describe("the converse of a proof", () => {
  const machines = [
    { ...MAY[0], actions: ["ec2:StartInstances"], resources: ["arn:aws:ec2:us-east-1:111122223333:instance/*"] },
  ];
  const either = 'resource.tags.team == "data" || resource.arn like "*instance/i-0*"';
  const conversed = (when: string, ...flags: readonly string[]) =>
    runPolicy(
      ...["explain", policyFolder({ "a.cedar": rule({ action: 'action == Action::"ec2:StartInstances"', when }) })],
      ...["--agent", JSON.stringify(AGENT), "--intent", JSON.stringify(machines), "--prove", ...flags],
    );

  it("reports that all that is promised is allowed, where it is", async () => {
    const { out } = await explained(rule({}), "--prove");
    expect(out).toContain("the converse for aws-0: whatever its permits promise until the fence, the text allows");
  });

  it("shows a call that the permit permits and the session policy does not allow, with its class", async () => {
    const { code, out } = await conversed(either);
    expect(code).toBe(0);
    expect(out).toMatch(
      /the converse for aws-0: not all .*\n {4}rule permits ec2:StartInstances on arn:.*instance\/i-0/,
    );
    expect(out).toContain("but no Allow is met: the permit has another way for such calls");
  });

  it("gives the calls to machines", async () => {
    const { out } = await conversed(either, "--json");
    const [{ lost }] = JSON.parse(out).converse;
    expect(lost).toMatchObject([{ promised: { permit: "rule" }, by: "no Allow", tags: "there" }]);
    expect(lost[0].call.objection).toBeUndefined();
  });

  it("is unknown where it takes too many steps", () => {
    expect(lostText({ lease: "aws-0", lost: "unknown" })).toContain("UNKNOWN");
    const [session] = converseOf({ answer: REFUSED, sessions: [{ ...SESSION, question: { ...QUESTION, text: "{" } }] });
    expect(session?.lost).toBe("unknown");
  });
});

describe("the verdict of a proof in words", () => {
  it.each<[string, object]>([
    ["but no policy permits it", {}],
    ["but late forbids it", { objection: { forbid: "late" } }],
    ["but nothing may be allowed then", { objection: "after the fence" }],
    ["but the task above is not allowed it", { objection: "beyond the task above" }],
    ["but the person's token does not allow it", { objection: "beyond the ceiling of the token" }],
    ["but the person's consent does not include it", { objection: "beyond the ceiling of the consent" }],
    ["but the delegation does not include it", { objection: "beyond the delegation" }],
    ["with none of the tags that policies read\n", {}],
    ['with the tags team = "a", stage = ""\n', { tags: { team: "a", stage: "" } }],
    ['with the tags team = "a", of which IAM is told none\n', { tags: { team: "a" }, told: "none" }],
    ['where s3:prefix = "a" and ["Bool"] holds', { keys: { "s3:prefix": "a" }, conditions: { '["Bool"]': true } }],
    ['where ["Bool"] does not hold', { conditions: { '["Bool"]': false } }],
    ["at 2026-11-24T11:59:59Z, from elsewhere", {}],
  ])("%s", (words, changed) => {
    expect(textOf({ verdict: "counterexample", call: { ...CALL, ...changed } })).toContain(words);
  });

  it.each(["budget", "text", "action", "policy"] as const)("names the remedy for %s", (why) => {
    expect(textOf({ verdict: "unknown", why })).toMatch(/UNKNOWN.*\n {4}\w.*\.$/);
  });
});

/** Folder with a case of a set, and what a forbid takes away. */
const sparing = () =>
  policyFolder({
    "a.cedar": rule({}) + rule({ id: "no-pii", effect: "forbid", when: 'resource.arn like "*/pii/*"' }),
    "a.cases.json": {
      cases: [{ title: "reads", agent: AGENT, intent: reading("arn:aws:s3:::acme/reports/*"), expected: "allowed" }],
    },
  });

describe("valetkey policy check", () => {
  it("proves the session policy of each case, and reports how many", async () => {
    const folder = sparing();
    const out = `${folder}: 2 policies, 0 errors, 0 warnings, 1 session policy of its cases proven\n`;
    expect(await runPolicy("check", folder, "--strict")).toEqual({ code: 0, out, err: "" });
    expect(JSON.parse((await runPolicy("check", folder, "--json")).out).folders).toMatchObject([{ proven: 1 }]);
  });

  it("names the case, and the call that its session policy allows and a policy forbids", async () => {
    const folder = sparing();
    const { proven, findings } = await provenCases(folder, withUnseenForbid(folder));
    expect([proven, findings]).toEqual([
      0,
      [
        {
          level: "error",
          code: "not_proven",
          file: `${folder}/a.cases.json`,
          line: 1,
          column: 11,
          message: expect.stringMatching(
            /^"reads": proof of aws-0: COUNTEREXAMPLE, so it would not be handed out: the text allows s3:GetObject on arn:aws:s3:::acme\/reports\/\S*may\S* in account 111122223333, at 2026-11-24T12:00:00Z, .* but late forbids it$/,
          ),
        },
      ],
    ]);
  });

  it("proves nothing where the policies cannot be used, whose faults it reports", async () => {
    const cases = { cases: [{ title: "reads", agent: AGENT, intent: MAY }] };
    const folder = policyFolder({ "a.cedar": rule({ notes: "@odd" }), "a.cases.json": cases });
    const { code, out } = await runPolicy("check", folder, "--json");
    const [{ proven, findings }] = JSON.parse(out).folders;
    expect([code, proven, findings.map((each: Finding) => each.code)]).toEqual([1, 0, ["unknown_annotation"]]);
  });

  it("fails where cases cannot be read, after it has reported the faults of each folder's policies", async () => {
    const folder = policyFolder({ "a.cedar": rule({ action: "action" }), "a.cases.json": { cases: [{ titel: "a" }] } });
    const { code, out, err } = await runPolicy("check", folder, sparing(), folder);
    expect([code, out.match(/every_action|\d+ session/g)]).toEqual([64, ["every_action", "1 session", "every_action"]]);
    const fault = `${folder}/a.cases.json:1:20: cases[0].titel is not a field of cases[0]`;
    expect(err.split("\n").filter((line) => line.includes(fault))).toHaveLength(2);
    expect(JSON.parse((await runPolicy("check", folder, "--json")).out).folders[0]).not.toHaveProperty("proven");
  });
});

describe("valetkey policy test", () => {
  const cases = { cases: [{ title: "reads", agent: AGENT, intent: MAY, expected: "allowed" }] };

  it("proves the session policy of each case, and reports how many", async () => {
    const folder = policyFolder({ "a.cedar": rule({}), "a.cases.json": cases });
    expect(await runPolicy("test", folder)).toMatchObject({
      code: 0,
      out: `${folder}: 1 case, all as expected, 1 session policy proven\n`,
    });
    expect(JSON.parse((await runPolicy("test", folder, "--json")).out).folders).toMatchObject([{ proven: 1 }]);
  });

  it("fails a case whose session policy is not proven", async () => {
    const folder = policyFolder({ "a.cedar": DECIMAL, "a.cases.json": cases });
    const { code, out } = await runPolicy("test", folder);
    expect([code, out]).toEqual([1, expect.stringMatching(/proof {2}expected {2}proven\n.*proof of aws-0: UNKNOWN/)]);
    expect(out).toContain("1 not as expected, 0 session policies proven");
  });

  it("proves what comes of every case that is shipped", async () => {
    const { code, out } = await runPolicy("test", ...SHIPPED, "--json");
    const proven: readonly number[] = JSON.parse(out).folders.map((each: { proven: number }) => each.proven);
    expect([code, proven.every((count) => count > 0)]).toEqual([0, true]);
  });
});
