import { describe, expect, it } from "vitest";
import type { ApproverGroup } from "../../../../functions/core/approvals/approver-group.ts";
import { type Expected, readVote } from "../../../../functions/core/approvals/read-vote.ts";
import type { Claims } from "../../../../functions/core/identity/claims.ts";

const CREATED = 1_800_000_000;
const issuer = { name: "staff", url: "https://login.example.com/", required: { tid: "t-1" } };
const group: ApproverGroup = {
  name: "sre",
  issuer: "staff",
  members: { claim: "groups", value: "g-1" },
  timeoutSeconds: 900,
  useWithinSeconds: 300,
  notify: [],
};
const expected: Expected = {
  clientId: "valetkey-approvals",
  nonce: "hash-of-the-record",
  record: { created_at: CREATED, expires_at: CREATED + 900, needed: [{ group: "sre", count: 1 }] },
  groups: [group],
};
const good: Claims = {
  iss: issuer.url,
  sub: "alice",
  aud: "valetkey-approvals",
  nonce: "hash-of-the-record",
  iat: CREATED + 100,
  auth_time: CREATED + 99,
  exp: CREATED + 400,
  groups: ["g-0", "g-1"],
  tid: "t-1",
};
const read = (
  claims: Claims,
  groups: readonly ApproverGroup[] = [group],
  of: typeof issuer & { person?: string } = issuer,
) => readVote({ ...good, ...claims }, of, { ...expected, groups }, CREATED + 120);

describe("I9d: a vote is a person's own sign-in for exactly this record", () => {
  it("reads the person, the groups and the times", () => {
    expect(read({})).toEqual({
      person: { issuer: "staff", value: "alice" },
      groups: ["sre"],
      castAt: CREATED + 100,
      signedInAt: CREATED + 99,
    });
  });

  it("takes a token that has expired: a vote is a statement", () => {
    expect(readVote(good, issuer, expected, CREATED + 100_000)).toMatchObject({ groups: ["sre"] });
  });

  it.each<[string, Claims, string]>([
    ["a token without a claim that its issuer requires", { tid: "t-2" }, "required_claim"],
    ["another issuer's statement", { iss: "https://login.example.com" }, "issuer"],
    ["a token for another client", { aud: "valetkey-login" }, "audience"],
    ["a token for two clients", { aud: ["valetkey-approvals", "valetkey-login"] }, "audience"],
    ["a list of one client", { aud: ["valetkey-approvals"] }, "audience"],
    ["a token that another client asked for", { azp: "valetkey-login" }, "audience"],
    ["a sign-in for another record", { nonce: "hash-of-another" }, "nonce"],
    ["a sign-in for no record", { nonce: undefined }, "nonce"],
    ["a vote from before the request", { iat: CREATED - 61 }, "before_request"],
    ["a vote at the end of the request", { iat: CREATED + 900 }, "after_expiry"],
    ["a vote from the future", { iat: CREATED + 181 }, "in_future"],
    ["a vote without a time", { iat: undefined }, "in_future"],
    ["a silent sign-in that is older than the request", { auth_time: CREATED - 61 }, "sign_in_before_request"],
    ["a token that does not prove a sign-in", { auth_time: undefined }, "sign_in_unproven"],
    ["a time of sign-in as text", { auth_time: String(CREATED + 99) }, "sign_in_unproven"],
    ["a sign-in after the token", { auth_time: CREATED + 161 }, "sign_in_unproven"],
    ["nobody", { sub: undefined }, "person"],
    ["a person who is no member", { groups: ["g-0"] }, "no_group"],
    ["a group by the name of its configuration", { groups: ["sre"] }, "no_group"],
    ["a claim that is one text", { groups: "g-1" }, "no_group"],
    ["groups that stand elsewhere", { _claim_names: { groups: "src1" } }, "no_group"],
    ["groups that were left out", { hasgroups: true }, "no_group"],
    [
      "a list that may be cut",
      { groups: ["g-1", ...Array.from({ length: 99 }, (_, index) => `x-${index}`)] },
      "no_group",
    ],
  ])("refuses %s", (_name, claims, fault) => {
    expect(read(claims)).toBe(fault);
  });

  it("reads the person from the issuer's person claim, since a pairwise sub differs for each client", () => {
    const entra = { ...issuer, person: "oid" };
    expect(read({ oid: "o-7" }, [group], entra)).toMatchObject({ person: { issuer: "staff", value: "o-7" } });
    expect(read({}, [group], entra)).toBe("person");
  });

  it("takes members by a list where the issuer has no groups", () => {
    const named = { ...group, members: { persons: ["alice"] } };
    expect(read({ groups: undefined }, [named])).toMatchObject({ groups: ["sre"] });
    expect(read({ sub: "mallory", groups: undefined }, [named])).toBe("no_group");
  });

  it("counts no group of another issuer, whatever its name (openbao#3815)", () => {
    expect(read({}, [{ ...group, issuer: "partners" }])).toBe("no_group");
  });

  it("asks for the sign-in that the group asks for", () => {
    const strong = { ...group, acr: ["phr"], amr: ["hwk", "pin"] };
    expect(read({}, [strong])).toBe("no_group");
    expect(read({ acr: "phr", amr: ["hwk"] }, [strong])).toBe("no_group");
    expect(read({ acr: "phr", amr: ["pin", "hwk"] }, [strong])).toMatchObject({ groups: ["sre"] });
  });

  it("counts no group that was not asked", () => {
    expect(read({}, [{ ...group, name: "security" }])).toBe("no_group");
  });
});
