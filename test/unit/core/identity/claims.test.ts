import { describe, expect, it } from "vitest";
import { type Claims, claimsNamed, claimText } from "../../../../functions/core/identity/claims.ts";
import { Refusal } from "../../../../functions/core/refusal.ts";

function refusalOf(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const claims = {
  sub: "repo:acme/app",
  repository_id: 4711,
  ref_protected: true,
  ratio: 1.5,
  huge: 2 ** 53,
  groups: ["a"],
  nothing: null,
  "kubernetes.io": { namespace: "prod", "a/b": { "~c": "deep" }, list: ["x"] },
  "a/b": "slash",
  "": { "": "empty names" },
};

describe("the text of a claim", () => {
  it.each<[string, string | undefined, string]>([
    ["sub", "repo:acme/app", "a string is itself"],
    ["repository_id", "4711", "a whole number has one spelling"],
    ["ref_protected", "true", "so has a boolean"],
    ["ratio", undefined, "a fraction has not"],
    ["huge", undefined, "nor a number that JSON readers round"],
    ["groups", undefined, "a list equals nothing"],
    ["nothing", undefined, "null equals nothing"],
    ["kubernetes.io", undefined, "an object equals nothing"],
    ["missing", undefined, "what is not there equals nothing"],
    ["toString", undefined, "nor does what every object has"],
    ["__proto__", undefined, "nor where objects come from"],
    ["a/b", "slash", "a name with a slash in it is a name, unless it begins with one"],
  ])("%s is %s: %s", (name, expected) => {
    expect(claimText(claims, name)).toBe(expected);
  });

  it.each<[string, string | undefined, string]>([
    ["/sub", "repo:acme/app", "the top level"],
    ["/kubernetes.io/namespace", "prod", "a level below"],
    ["/kubernetes.io/a~1b/~0c", "deep", "~1 is a slash and ~0 a tilde"],
    ["/kubernetes.io/a~01b", undefined, "~01 is a tilde and a one, and never a slash"],
    ["/a~1b", "slash", "a name with a slash"],
    ["//", "empty names", "names may be empty"],
    ["/kubernetes.io/list/0", undefined, "a list is not walked into"],
    ["/sub/length", undefined, "nor is a string"],
    ["/kubernetes.io/missing/namespace", undefined, "nor what is not there"],
    ["/kubernetes.io/constructor/name", undefined, "nor what every object has"],
  ])("the pointer %s is %s: %s (RFC 6901)", (pointer, expected) => {
    expect(claimText(claims, pointer)).toBe(expected);
  });
});

describe("the claims that policies read", () => {
  it("are those of the named ones that are there, as text", () => {
    expect(
      claimsNamed(claims, ["sub", "repository_id", "ref_protected", "/kubernetes.io/namespace", "missing"]),
    ).toEqual({
      sub: "repo:acme/app",
      repository_id: "4711",
      ref_protected: "true",
      "/kubernetes.io/namespace": "prod",
    });
    expect(claimsNamed(claims, [])).toEqual({});
  });

  it.each<[string, Claims, string]>([
    ["a text of 1024 characters", { ref: "r".repeat(1_024) }, "r".repeat(1_024)],
    ["an empty text", { ref: "" }, ""],
    ["the largest whole number that has one spelling", { ref: Number.MAX_SAFE_INTEGER }, "9007199254740991"],
    ["false", { ref: false }, "false"],
    ["zero below zero", { ref: -0 }, "0"],
  ])("I2: include %s", (_, given, expected) => {
    expect(claimsNamed(given, ["ref"])).toEqual({ ref: expected });
  });

  it.each<[string, Claims, string?]>([
    ["a text of 1025 characters", { ref: "r".repeat(1_025) }],
    ["half a character", { ref: "refs/\ud800" }],
    ["a list", { ref: ["refs/heads/main"] }],
    ["an empty list", { ref: [] }],
    ["an object", { ref: { name: "main" } }],
    ["null", { ref: null }],
    ["a fraction", { ref: 1.5 }],
    ["a whole number that JSON readers round", { ref: 2 ** 53 }],
    ["a number below the least one", { ref: -(2 ** 53) }],
    ["a nested list", { kube: { ns: ["prod"] } }, "/kube/ns"],
    ["a nested null", { kube: { ns: null } }, "/kube/ns"],
    ["a pointer through a list", { kube: [{ ns: "prod" }] }, "/kube/ns"],
    ["a pointer through a text", { kube: "prod" }, "/kube/ns"],
    ["a pointer through null", { kube: null }, "/kube/ns"],
    ["a pointer at an object", { kube: { ns: "prod" } }, "/kube"],
    ["a claim that is elsewhere", { _claim_names: { ref: "src1" }, _claim_sources: {} }],
    ["a claim that may be elsewhere", { _claim_names: "ref" }],
    ["a list under a name like an address", { "https://acme.test/groups": ["a"] }, "https://acme.test/groups"],
  ])("I2: %s refuses the token, by the claim's name and without its value", (_, given, name = "ref") => {
    const refused = refusalOf(() => claimsNamed(given, [name]));
    expect(refused.code).toBe("token_claims");
    expect(refused.detail.say).toContain(`the claim ${name}:`);
    expect(refused.detail.say).not.toMatch(/refs|prod/);
  });

  it("I2: refuse nothing for a claim that no policy reads", () => {
    expect(claimsNamed({ groups: ["a"], long: "l".repeat(5_000), sub: "s" }, ["sub", "/kube/ns"])).toEqual({
      sub: "s",
    });
  });

  it("are stored under any name, without becoming what objects come from", () => {
    const named = claimsNamed(JSON.parse('{"__proto__":"x"}'), ["__proto__"]);
    expect(Object.getOwnPropertyNames(named)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(named)).toBe(Object.prototype);
  });
});
