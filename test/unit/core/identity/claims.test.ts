import { describe, expect, it } from "vitest";
import { claimsNamed, claimText } from "../../../../functions/core/identity/claims.ts";

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
    expect(claimsNamed(claims, ["sub", "repository_id", "/kubernetes.io/namespace", "missing", "groups"])).toEqual({
      sub: "repo:acme/app",
      repository_id: "4711",
      "/kubernetes.io/namespace": "prod",
    });
    expect(claimsNamed(claims, [])).toEqual({});
  });

  it.each([
    [256, true],
    [257, false],
  ])("are kept up to 256 characters: of %s it is %s", (length, isKept) => {
    expect(Object.keys(claimsNamed({ ref: "r".repeat(length) }, ["ref"]))).toEqual(isKept ? ["ref"] : []);
  });

  it("are kept under any name, without becoming what objects come from", () => {
    const named = claimsNamed(JSON.parse('{"__proto__":"x"}'), ["__proto__"]);
    expect(Object.getOwnPropertyNames(named)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(named)).toBe(Object.prototype);
  });
});
