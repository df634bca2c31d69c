import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { sampleData } from "../../../local/serve-tour.ts";

it("the tour has a secret for each one that the demo agent's policy permits, and the hub may lease it", () => {
  const made: { readonly account: string; readonly name: string; readonly tags?: object }[] = [];
  const admin = (account: string) => ({
    putBucket: () => undefined,
    putObject: () => undefined,
    createSecret: (spec: { readonly name: string }) => void made.push({ account, ...spec }),
  });
  sampleData({ aws: { admin }, targetAccount: "111122223333", hubAccount: "999900001111" } as never);
  const policy = readFileSync(new URL("../../../policies/demo.cedar", import.meta.url), "utf8");
  const named = [...policy.matchAll(/resource is Secret\n\) when \{ resource\.name == "([^"]+)" \}/g)].map(
    ([, name]) => name,
  );
  expect(named.length).toBeGreaterThan(0);
  expect(made).toEqual(
    named.map((name) =>
      expect.objectContaining({ account: "999900001111", name, tags: { "valetkey:managed": "true" } }),
    ),
  );
});
