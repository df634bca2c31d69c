import { describe, expect, it } from "vitest";
import { type Expected, readVote, type VotingIssuer } from "../../../../functions/core/approvals/read-vote.ts";
import type { ApproverGroup } from "../../../../functions/core/deployment/approver-group.ts";
import type { Claims } from "../../../../functions/core/identity/claims.ts";

const CREATED = 1_800_000_000;
const issuer: VotingIssuer = {
  name: "staff",
  url: "https://login.example.com/",
  required: { tid: "t-1" },
  approvals: { clientId: "valetkey-approvals", freshness: "auth_time" },
};
const group: ApproverGroup = {
  name: "sre",
  issuer: "staff",
  members: { claim: "groups", value: "g-1" },
  timeoutSeconds: 900,
  useWithinSeconds: 300,
  notify: [],
};
const expected: Expected = {
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
const read = (claims: Claims, groups: readonly ApproverGroup[] = [group], of: VotingIssuer = issuer) =>
  readVote({ ...good, ...claims }, of, { ...expected, groups }, CREATED + 120);

describe("a sign-in from around a restore of the table", () => {
  it("is none before the skew after it, since the copy does not know whether it was used", () => {
    expect(read({}, [group], { ...issuer, issuedSince: CREATED + 39 })).toMatchObject({ signedInAt: CREATED + 99 });
    expect(read({}, [group], { ...issuer, issuedSince: CREATED + 40 })).toBe("sign_in_before_request");
  });
});

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
    ["a token in which an agent acts for the person", { act: { sub: "agent:demo" } }, "actor"],
    ["a token by which an agent may act for the person", { may_act: { sub: "agent:demo" } }, "actor"],
    ["a token that is bound to a key", { cnf: { jkt: "a-thumbprint" } }, "key_bound"],
    ["a token that is bound to no key that is named", { cnf: null }, "key_bound"],
    ["another issuer's statement", { iss: "https://login.example.com" }, "issuer"],
    ["a token for another client", { aud: "valetkey-login" }, "audience"],
    ["a token for two clients", { aud: ["valetkey-approvals", "valetkey-login"] }, "audience"],
    ["a list of one client", { aud: ["valetkey-approvals"] }, "audience"],
    ["a token that another client requested", { azp: "valetkey-login" }, "audience"],
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
    ["groups that are listed elsewhere", { _claim_names: { groups: "src1" } }, "no_group"],
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

  it("requires the sign-in that the group requires", () => {
    const strong = { ...group, acr: ["phr"], amr: ["hwk", "pin"] };
    expect(read({}, [strong])).toBe("no_group");
    expect(read({ acr: "phr", amr: ["hwk"] }, [strong])).toBe("no_group");
    expect(read({ acr: "phr", amr: ["pin", "hwk"] }, [strong])).toMatchObject({ groups: ["sre"] });
  });

  describe("of an issuer that gives no time of the sign-in and proves an acr at each request", () => {
    const byAcr: VotingIssuer = { ...issuer, approvals: { ...issuer.approvals, freshness: "acr" } };
    const strong = { ...group, acr: ["phr", "phrh"] };
    const untimed = { auth_time: undefined, acr: "phr" };

    it("signed in when its token was signed, for the groups that require its acr", () => {
      expect(read(untimed, [strong], byAcr)).toMatchObject({ groups: ["sre"], signedInAt: CREATED + 100 });
    });

    it("counts a time that it gives all the same", () => {
      const times = { auth_time: CREATED + 40, acr: "phr" };
      expect(read(times, [strong], byAcr)).toMatchObject({ signedInAt: CREATED + 40 });
    });

    it.each<[string, Claims, VotingIssuer, ApproverGroup, string]>([
      ["no acr", { auth_time: undefined }, byAcr, strong, "sign_in_unproven"],
      ["an acr in no text", { ...untimed, acr: ["phr"] }, byAcr, strong, "sign_in_unproven"],
      ["another acr", { ...untimed, acr: "pwd" }, byAcr, strong, "no_group"],
      ["an acr that its group does not require", untimed, byAcr, group, "no_group"],
      ["an acr, and no time where its issuer has to give it", untimed, issuer, strong, "sign_in_unproven"],
      [
        "an acr, and a sign-in before the request",
        { acr: "phr", auth_time: CREATED - 61 },
        byAcr,
        strong,
        "sign_in_before_request",
      ],
      ["an acr, and a time in no number", { acr: "phr", auth_time: "now" }, byAcr, strong, "sign_in_unproven"],
      ["an acr, and a null for the time", { acr: "phr", auth_time: null }, byAcr, strong, "sign_in_unproven"],
      ["an acr from before the request", { ...untimed, iat: CREATED - 61 }, byAcr, strong, "before_request"],
    ])("refuses %s", (_, claims, of, by, fault) => {
      expect(read(claims, [by], of)).toBe(fault);
    });
  });

  it("counts no group that the request does not need", () => {
    expect(read({}, [{ ...group, name: "security" }])).toBe("no_group");
  });
});
