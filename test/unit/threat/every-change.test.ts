import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { MADE_OF_FIELDS, OUTSIDE } from "../../../functions/policy/reach/outside.ts";
import { type Config, configSchema } from "../../../infra/config/schema.ts";
import { type Change, changesOf, pathsIn, pathsOf } from "./each-change.ts";
import { type ModelAfter, modelOf, orRefused } from "./model-of.ts";
import { WHOLE } from "./whole-config.ts";

const ACCOUNTS = ["111122223333", "444455556666", "777788889999"];
const IN_ACCOUNTS = ACCOUNTS.map((id) => `resource.account == "${id}"`).join(" || ");
const OF_CONNECTORS = Object.entries({
  "postgres:Select": "Table",
  "secret:Read": "Secret",
  "oauth:Use": "Scope",
  "github:Read": "RepositoryPermission",
  "tool:Call": "Tool",
}).map(
  ([name, type]) => `@id("${name}") permit (principal is Agent, action == Action::"${name}", resource is ${type});`,
);
const POLICIES = `@id("aws") permit (principal is Agent, action in Action::"s3:Read", resource is AWS::Resource) when { ${IN_ACCOUNTS} };
${OF_CONNECTORS.join("\n")}
@id("asked") @approval("sre,leads") permit (principal in Team::"data", action == Action::"s3:PutObject", resource is AWS::Resource) when { ${IN_ACCOUNTS} };`;

const modelFor = (config: unknown): ModelAfter => modelOf(v.parse(configSchema, config) as Config, POLICIES);

const PATHS = pathsOf(configSchema);
const isOutside = (path: string): boolean =>
  Object.keys(OUTSIDE).some((outside) => path === outside || path.startsWith(`${outside}.`));

/** True where the changed field is outside, or all fields within it are. */
function isOfNoModel({ path }: Change): boolean {
  const inside = PATHS.filter((each) => each.startsWith(`${path}.`));
  return isOutside(path) || (inside.length > 0 && inside.every(isOutside));
}

/** Changes of the sample, one of each kind for each field. */
const CHANGES = [
  ...new Map(
    changesOf(configSchema, WHOLE)
      .toReversed()
      .map((change) => [`${change.path} ${change.kind}`, change]),
  ).values(),
];

describe("every field of valetkey.json", () => {
  const before = modelFor(WHOLE);

  it("is in the sample of this test", () => {
    const given = pathsIn(configSchema, WHOLE);
    // The permissions of a GitHub App are one field by many names.
    expect(PATHS.filter((path) => !given.has(path) && !path.includes(".permissions."))).toEqual([]);
  });

  it.each(Object.keys(configSchema.entries))(
    "changes a hash and the text that people read, or is outside by a reason: %s",
    (section) => {
      const after = CHANGES.filter(({ path }) => path.split(".")[0] === section).flatMap((change) => {
        const model = orRefused(() => modelFor(change.value));
        return model === undefined ? [] : [{ change, model }];
      });
      expect(after.length).toBeGreaterThan(0);
      const wrong = after.flatMap(({ change, model: { hashes, text } }) => {
        const [isHashed, isShown] = [hashes !== before.hashes, text !== before.text];
        const isRight = isOfNoModel(change) ? !isHashed : isHashed && isShown;
        const found = `${isHashed ? "in a hash" : "in no hash"}, ${isShown ? "shown" : "not shown"}`;
        return isRight ? [] : [`${change.path}: ${change.kind} ${change.how}: ${found}`];
      });
      expect(wrong).toEqual([]);
    },
  );

  it("is a field where a reason names it, or is made of fields", () => {
    expect(Object.keys(OUTSIDE).filter((path) => !PATHS.includes(path) && !MADE_OF_FIELDS.includes(path))).toEqual([]);
  });
});
