import { expect, it } from "vitest";
import type { ConnectorPair, Pair } from "../../../../functions/core/intent/pairs.ts";
import { decide } from "../../../../functions/core/policy/decide.ts";
import { cedarOf } from "../cedar-of.ts";
import { anAsker, onAccount, onObjects, onTool } from "./pairs.ts";

const PERMIT = "permit (principal, action, resource);";
const SECRET: ConnectorPair = {
  kind: "connector",
  action: "secret:Read",
  groups: [],
  mints: false,
  isPattern: false,
  target: "reports/api-key",
  question: {
    action: "secret:Read",
    groups: [],
    target: "reports/api-key",
    resource: { uid: { type: "Secret", id: "reports/api-key" }, attrs: { name: "reports/api-key" }, parents: [] },
  },
};
const answer = (pair: Pair, ...texts: readonly string[]) => decide(pair, anAsker(), cedarOf(texts));

it("policy decides what a connector hands out by the connector's own question", () => {
  const named = 'permit (principal, action, resource is Secret) when { resource.name == "reports/api-key" };';
  expect(answer(SECRET, named)).toMatchObject({ permitted: { pair: SECRET } });
  expect(answer(SECRET, named.replace("api-key", "other"))).toHaveProperty("denied");
});

it.each([
  ["a connector's credential", SECRET],
  ["a tool", onTool("tickets", "search")],
])("a permit that binds to the requester's address grants nothing where that cannot be enforced: %s", (_what, pair) => {
  expect(answer(pair, `@bindIp ${PERMIT}`)).toEqual({
    denied: {
      denial: {
        action: pair.action,
        target: pair.target,
        policy: "p0",
        reason:
          "Policy permits it from the requesting address only, and credentials of this type cannot be bound to one.",
        hint: "Ask the platform team for a permit without @bindIp.",
      },
      narrower: [],
    },
  });
  expect(answer(pair, `@bindIp ${PERMIT}`, PERMIT)).toMatchObject({ permitted: { policies: ["p1"] } });
});

it.each([onAccount(), onObjects("arn:aws:s3:::acme/a")])("a session of AWS is bound to it: $action", (pair) => {
  expect(answer(pair, `@bindIp ${PERMIT}`)).toMatchObject({ permitted: { obligations: { bindIp: true } } });
});
