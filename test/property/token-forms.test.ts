import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import {
  delegationForm,
  federateForm,
  presentationForm,
  startTaskBelowForm,
  startTaskForm,
  startTaskForPersonForm,
} from "../../contract/token-forms.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { parseDelegationRequest } from "../../functions/exchange/grants/delegate.ts";
import { parseFederatedRequest } from "../../functions/exchange/grants/federate.ts";
import { parsePresentationRequest } from "../../functions/exchange/grants/present.ts";
import { type Form, parseForm, parseTokenRequest } from "../../functions/exchange/request.ts";
import { fakeWorld, formEvent } from "../fakes/world/world.ts";
import { startTask } from "../openapi/recording/story.ts";

const WORLD = fakeWorld();
const { token: TASK_TOKEN } = await startTask(WORLD);
const OIDC_TOKEN = WORLD.agentToken();
const DELEGATION_TOKEN = `vkd_${"a".repeat(12)}._${"A".repeat(43)}`;
const TOOL = '[{"type":"tool","server":"tickets","tools":["search"]}]';

/** A parameter: mostly one of the good values, at times an odd one, and at times left out. */
const some = (good: readonly string[], odd: readonly string[]): fc.Arbitrary<string | undefined> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );

/** A parameter that may be left out. */
const optional = (good: readonly string[], odd: readonly string[]): fc.Arbitrary<string | undefined> =>
  fc.oneof({ weight: 1, arbitrary: some(good, odd) }, { weight: 1, arbitrary: fc.constant(undefined) });

const IDENTITY_TYPES = [TOKEN_TYPES.jwt, TOKEN_TYPES.idToken, TOKEN_TYPES.accessToken];
const OTHER_TYPES = ["urn:ietf:params:oauth:token-type:saml2", "jwt", " "];
const exchange = some(
  [GRANT_TYPES.exchange],
  ["client_credentials", "urn:ietf:params:oauth:grant-type:TOKEN-EXCHANGE"],
);
const identityType = some(IDENTITY_TYPES, OTHER_TYPES);
const heldType = some([TOKEN_TYPES.accessToken, TOKEN_TYPES.task], OTHER_TYPES);
const ttl = optional(["1", "900", "43200"], ["0", "43201", "1.5", "0x10", "-1", "1e3", "09", "99999999999"]);
const purpose = ["summarise", "a", "\u{1f511}".repeat(256), "\u00a0x"];
const oddPurpose = [" ", "\u00a0", "a\nb", "a\u202eb", "x".repeat(257)];
const details = some([TOOL], ["[]", "[", "{}", '[{"type":"tool"}]', `[${Array(11).fill(TOOL.slice(1, -1)).join()}]`]);
const standing = optional(
  ["2/1h", "30/30d", "5/7d", "30/720h"],
  ["1/1h", "31/1d", "2/31d", "2/721h", "2/0h", "2/7w", "02/7d"],
);

const task = {
  purpose: some(purpose, oddPurpose),
  authorization_details: details,
  requested_token_type: optional([TOKEN_TYPES.accessToken, TOKEN_TYPES.task], OTHER_TYPES),
  task_ttl: ttl,
  mode: optional(["all", "narrow"], ["none", "ALL"]),
  standing,
  idempotency_key: optional(["a", "~".repeat(128)], ["a b", "~".repeat(129), "\u00e9"]),
  // Parameters that no grant knows are ignored.
  unknown: optional(["x"], ["y"]),
};

const agentItself = fc.record({
  grant_type: exchange,
  subject_token: some([OIDC_TOKEN], [OIDC_TOKEN]),
  subject_token_type: identityType,
  ...task,
});

const forPerson = fc.record({
  grant_type: exchange,
  subject_token: some([OIDC_TOKEN], [OIDC_TOKEN]),
  subject_token_type: identityType,
  actor_token: some([OIDC_TOKEN], [OIDC_TOKEN]),
  // One of the two parameters of an actor makes the request one for a person.
  actor_token_type: some(IDENTITY_TYPES, OTHER_TYPES).map((type) => type ?? "none"),
  ...task,
});

const below = fc.record({
  grant_type: exchange,
  subject_token: some([DELEGATION_TOKEN], [DELEGATION_TOKEN]),
  subject_token_type: fc.constant(TOKEN_TYPES.delegation),
  actor_token: some([OIDC_TOKEN], [OIDC_TOKEN]),
  actor_token_type: identityType,
  ...task,
});

const presenting = fc.record({
  grant_type: exchange,
  subject_token: some([TASK_TOKEN], [TASK_TOKEN]),
  subject_token_type: heldType,
  requested_token_type: fc.constant(TOKEN_TYPES.presentation),
  // A server's id that is none is refused as one of which the task has no tool.
  audience: some(["tickets", "nobody"], ["wiki"]),
});

const delegating = fc.record({
  grant_type: exchange,
  subject_token: some([TASK_TOKEN], [TASK_TOKEN]),
  subject_token_type: heldType,
  requested_token_type: fc.constant(TOKEN_TYPES.delegation),
  audience: some(["helper", "ab"], ["a", "Helper", "-a", "a".repeat(65)]),
  authorization_details: optional([TOOL], ["[]", "[", `${TOOL}${" ".repeat(4_096)}`]),
  task_ttl: ttl,
});

const asserting = fc.record({
  grant_type: some([GRANT_TYPES.assertion], ["client_credentials"]),
  assertion: some([OIDC_TOKEN], [OIDC_TOKEN]),
  // The schema takes any address, and only the deployment knows its tool servers.
  resource: some(["https://tickets.acme.test/mcp"], ["tickets", "//tickets"]),
  scope: some(
    ["search", "search close", "search search", Array.from({ length: 50 }, (_, n) => `t${n}`).join(" ")],
    [" ", "search  close", "a*", "x".repeat(129), Array.from({ length: 51 }, (_, n) => `t${n}`).join(" ")],
  ),
  purpose: optional(purpose, oddPurpose),
  task_ttl: ttl,
});

type Parse = (form: Form, event: ReturnType<typeof formEvent>) => unknown;
type Given = Readonly<Record<string, string | undefined>>;

const startOf: Parse = (form, event) => parseTokenRequest(form, event, WORLD.ports);

const FORMS: readonly (readonly [string, fc.Arbitrary<Given>, v.GenericSchema, Parse])[] = [
  ["starts a task", agentItself, startTaskForm, startOf],
  ["starts a task for a person", forPerson, startTaskForPersonForm, startOf],
  ["starts a task below another", below, startTaskBelowForm, startOf],
  ["requests a presentation token", presenting, presentationForm, parsePresentationRequest],
  ["requests a delegation token", delegating, delegationForm, (form) => parseDelegationRequest(form, WORLD.ports)],
  ["exchanges an assertion", asserting, federateForm, (form, event) => parseFederatedRequest(form, event, WORLD.ports)],
];

/** True where the exchange reads the form. @throws {Error} any other than a refusal. */
function isRead(given: Given, parse: Parse): boolean {
  const event = formEvent(given);
  try {
    parse(parseForm(event), event);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** The form without the parameters that are left out. */
const sent = (given: Given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

describe("the exchange and the contract take the same forms", () => {
  it.each(FORMS)("one that %s", (_, forms, schema, parse) => {
    fc.assert(
      fc.property(forms, (given) => {
        expect(isRead(given, parse)).toBe(v.is(schema, sent(given)));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(FORMS)("one that %s is taken at times, and refused at times", (_, forms, schema) => {
    const taken = fc.sample(forms, 300).filter((given) => v.is(schema, sent(given)));
    expect(taken.length).toBeGreaterThan(20);
    expect(taken.length).toBeLessThan(280);
  });
});
