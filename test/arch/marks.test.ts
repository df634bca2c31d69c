import { describe, expect, it } from "vitest";
import { FOLDERS, sourcesBelow } from "./imports-below.ts";

/**
 * The files that make each marked noun, in the order of their paths. The maker has done the check that its mark proves.
 */
const MAKERS: Readonly<Record<string, readonly string[]>> = {
  ParentScope: ["functions/steps/tasks/authorise-task.ts"],
  BelievedTask: ["functions/steps/tasks/believe-task.ts"],
  Grants: ["functions/steps/approvals/approve-grants.ts", "functions/steps/tasks/authorise-intent.ts"],
  UnapprovedGrants: ["functions/steps/tasks/authorise-intent.ts"],
  HeldDelegation: ["functions/steps/tasks/verify-delegation.ts"],
  AuthenticatedTask: ["functions/steps/tasks/authenticate-task.ts"],
  Identity: ["functions/steps/requests/verify-identity.ts"],
  NoParent: ["functions/steps/tasks/no-parent.ts"],
  Lineage: ["functions/steps/tasks/read-lineage.ts"],
  OpenedTask: [
    "functions/exchange/approvals/use-approval.ts",
    "functions/exchange/vend/open-task.ts",
    "functions/exchange/vend/reopen-task.ts",
  ],
  OperatorIdentity: ["functions/steps/requests/verify-operator.ts"],
  RenewedLease: ["functions/exchange/vend/renew-lease.ts"],
};

/**
 * `Issued<T>` marks a whole opened task or lease. No field can be missing, and a type parameter has no list of fields.
 */
const CAST = "sent as Issued<T>";

describe("marked nouns", () => {
  const sources = FOLDERS.filter((folder) => folder !== "test")
    .flatMap(sourcesBelow)
    .filter(({ file }) => file !== "functions/core/brand.ts");
  const nouns = [...Object.keys(MAKERS), "Issued"];

  it("are those with a mark in their type", () => {
    const marks = sources.flatMap(({ text }) => text.match(/\bunique symbol\b/g) ?? []);
    expect(marks).toHaveLength(nouns.length);
  });

  it.each(Object.entries(MAKERS))("%s is made where it is proven, and nowhere else", (noun, makers) => {
    expect(sources.filter(({ text }) => text.includes(`brand<${noun}>(`)).map(({ file }) => file)).toEqual(makers);
  });

  it("are named where they are made", () => {
    expect(found(/\bbrand\(/g)).toEqual([]);
  });

  it("are never cast to", () => {
    const casts = found(new RegExp(`\\w+\\)? as (${nouns.join("|")})\\b(<\\w+>)?`, "g"));
    expect(casts).toEqual([`functions/exchange/vend/confirm-leases.ts: ${CAST}`]);
  });

  it("need no cast by way of unknown, of which Cedar's schema is the only one outside tests: its types can be changed", () => {
    expect(found(/\bas unknown as \w+/g)).toEqual(["functions/policy/read/cedar-schema.ts: as unknown as cedar"]);
  });

  function found(text: RegExp): readonly string[] {
    return sources.flatMap((source) => [...source.text.matchAll(text)].map(([match]) => `${source.file}: ${match}`));
  }
});
