import { expect, it } from "vitest";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { ApprovalScene, permitting } from "./approving.ts";

watchWorlds();

it("a use records each issuer's key that verified its votes, once, for an auditor who has the log alone", async () => {
  const scene = new ApprovalScene([permitting('@approval("sre=2")')]);
  const held = await scene.waiting();
  await scene.vote(held, "bob");
  await scene.vote(held, "carol");
  expect((await scene.poll(held)).status).toBe(200);
  const used = scene.world.ports.tasks.events.find(({ type }) => type === "approval.used");
  expect(used?.facts.keys).toEqual([
    {
      issuer: "staff",
      iss: "https://staff.test",
      aud: "approvals",
      person: "sub",
      freshness: "auth_time",
      kid: "key-1",
      kty: "EC",
    },
  ]);
  expect(used?.facts.voters).toMatchObject([
    { by: "staff|bob", groups: ["sre"], vote_sha256: expect.any(String) },
    { by: "staff|carol", groups: ["sre"], vote_sha256: expect.any(String) },
  ]);
});
