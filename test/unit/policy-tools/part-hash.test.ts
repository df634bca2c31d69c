import { describe, expect, it } from "vitest";
import { type PartContent, partHash } from "../../../functions/policy/reach/reach-parts.ts";

const WHERE = [{ of: "resource.arn", in: "a*" }];
const ENTRY = { actions: ["s3:GetObject"], on: "AWS::Resource", where: WHERE, given: WHERE };
const GROUPS = { "s3:Read": { sha256: "members", count: 1 } } as never;
const PART: PartContent = {
  reach: {
    permits: [{ ...ENTRY, accounts: ["111122223333"], needs: { task_ttl: 900 } as never, outlives: true }],
    except: [{ ...ENTRY, on: "except" }],
    sometimes: [{ ...ENTRY, on: "sometimes" }],
    groups: GROUPS,
  },
  cuts: { except: [{ ...ENTRY, on: "cut" }], sometimes: [{ ...ENTRY, on: "at times" }], groups: GROUPS },
  facts: { "account 111122223333": { region: "us-east-1" } },
};

/** Lists copies of a value, each without one of the fields or elements that are anywhere in it, by their paths. */
function withoutEach(value: unknown, path: string): readonly (readonly [path: string, copy: unknown])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = `${path}.${name}`;
    const rest = Array.isArray(value)
      ? value.filter((_, index) => String(index) !== name)
      : Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
    const put = (changed: unknown) =>
      Array.isArray(value)
        ? value.map((each, index) => (String(index) === name ? changed : each))
        : { ...value, [name]: changed };
    return [[at, rest] as const, ...withoutEach(inner, at).map(([of, changed]) => [of, put(changed)] as const)];
  });
}

describe("the hash of a part, which people accept", () => {
  it.each(withoutEach(PART, "part"))("differs from that of the part without %s", (_path, changed) => {
    expect(partHash(changed as PartContent)).not.toBe(partHash(PART));
  });

  it("is of the named fields alone", () => {
    expect(partHash({ ...PART, sha256: "x", connectors: [] } as never)).toBe(partHash(PART));
  });
});
