import { expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { ACCOUNT, ANY } from "./arbitrary/arns.ts";
import { PERMIT_ALL } from "./arbitrary/policies.ts";
import type { Scenario } from "./arbitrary/scenarios.ts";
import { tryWorld } from "./prove/batch.ts";
import { REAL } from "./vend.ts";

/** A task that reads all of the head, which a forbid by tags limits. */
function taskUnder(action: string, head: string, condition: string): Scenario {
  const text = `forbid (principal, action, resource is AWS::Resource) when { ${condition} };`;
  return {
    arns: [`${head}a`],
    policies: [PERMIT_ALL, { text, patterns: [] }],
    asker: {
      agent: { id: agentId("reporter"), owner: "ada", team: "data" },
      claims: {},
      purpose: "monthly report",
      ttlSeconds: 900,
      sourceIp: "192.0.2.7",
    },
    json: JSON.stringify([{ type: "aws", account: ACCOUNT, actions: [action], resources: [`${head}*`] }]),
    targets: [[head, ANY]],
  };
}

it.each([
  ["of an object, whose tags IAM compares without case", "s3:GetObject", "arn:aws:s3:::acme/"],
  [
    "of a file system, whose tags IAM may lack",
    "elasticfilesystem:DescribeMountTargets",
    `arn:aws:elasticfilesystem:us-east-1:${ACCOUNT}:file-system/`,
  ],
])("the judge counts no call as promised that a forbid by tags must deny: %s", async (_what, action, head) => {
  const forbid = 'resource.tags has env && resource.tags.env == "prod"';
  const [tried] = await tryWorld([taskUnder(action, head, forbid)], REAL);
  expect(tried?.vended.sessions.length).toBe(1);
  expect(tried?.violations).toEqual([]);
  expect(tried?.broken).toEqual([]);
  expect(tried?.kept).toBeGreaterThan(0);
});
