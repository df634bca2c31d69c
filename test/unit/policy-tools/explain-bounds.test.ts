import { expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { decidingBundle } from "../../../functions/policy/bundle.ts";
import { explain } from "../../../functions/policy/explain/explain.ts";

const REQUEST = {
  title: "t",
  purpose: "look",
  ttlSeconds: 900,
  atMs: Date.UTC(2026, 10, 24, 12),
  mode: "all" as const,
  agent: { id: agentId("demo"), team: "demo", owner: "o", claims: {} },
  intent: [
    {
      type: "aws",
      account: "111122223333",
      actions: ["s3:GetObject", "s3:ListBucket"],
      resources: ["arn:aws:s3:::acme-other", "arn:aws:s3:::acme-other/may.csv"],
    },
  ],
};

it("the closest permit is the same where only the permits with the closest heads are compared", async () => {
  const bundle = decidingBundle("policies");
  const bounds = { pairs: 25, closest: 25 };
  const whole = await explain(REQUEST, bundle);
  const few = await explain(REQUEST, { ...bundle, policies: bundle.policies.toReversed() }, false, {
    ...bounds,
    permits: 2,
  });
  const closest = ({ pairs }: typeof whole) => pairs.map((pair) => pair.closest?.policy);
  expect(closest(whole)).toEqual(["demo-reads-reports", "demo-lists-the-bucket"]);
  expect(closest(few)).toEqual(closest(whole));
});
