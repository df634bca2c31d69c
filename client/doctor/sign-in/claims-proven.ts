import { isMember, VOTE_SKEW_SECONDS } from "../../../functions/core/approvals/read-vote.ts";
import type { ApproverGroup } from "../../../functions/core/deployment/approver-group.ts";
import { type Claims, isKeyBound, valueAt } from "../../../functions/core/identity/claims.ts";
import type { ApprovalsClient, Issuer } from "../../../functions/core/identity/issuer.ts";
import { actorClaimIn } from "../../../functions/core/identity/may-act.ts";
import { isSamePerson, type Person, personIn } from "../../../functions/core/identity/person.ts";
import { ownCommand } from "../../own-command.ts";
import { bad, type Finding, ok, unknown } from "../finding.ts";
import type { Tried } from "./parse-tried.ts";

/** Tolerated difference of clocks: a larger one means an earlier sign-in. Seconds. */
const CLOCK_SECONDS = 5;

/** People's issuer with a client for approvals. */
export type ApprovingIssuer = Issuer & { readonly approvals: ApprovalsClient };

/** Lists, claim by claim, what an ID token proves about a sign-in. The caller has verified the signature. */
export const claimsProven = (
  claims: Claims,
  tried: Pick<Tried, "begunAt" | "nonce">,
  issuer: ApprovingIssuer,
  groups: readonly ApproverGroup[],
  operator: Claims | undefined,
): readonly Finding[] => [
  clientProven(claims, issuer),
  claims.nonce === tried.nonce
    ? ok("nonce", "is that of the request")
    : bad("nonce", "is not that of the request", "no vote is possible: ask those who run the issuer"),
  signInProven(claims, tried, issuer),
  ...classesProven(claims, groups),
  ...personProven(claims, issuer, operator),
  ...partiesProven(claims),
  ...groups.map((group) => groupProven(claims, issuer, group)),
];

function clientProven({ aud, azp }: Claims, { approvals: { clientId } }: ApprovingIssuer): Finding {
  return aud === clientId && (azp === undefined || azp === clientId)
    ? ok("client", `${clientId}, and no other`)
    : bad(
        "client",
        `aud ${JSON.stringify(aud)}${azp === undefined ? "" : `, azp ${JSON.stringify(azp)}`}`,
        `a vote is for ${clientId} alone: take other audiences off the client`,
      );
}

/** Reports a claim by which the token is not the person's alone; nothing where there is none. */
function partiesProven(claims: Claims): readonly Finding[] {
  const found = actorClaimIn(claims) ?? (isKeyBound(claims) ? "cnf" : undefined);
  return found === undefined
    ? []
    : [
        bad(
          "parties",
          `the token has the claim ${found}`,
          "no vote is possible: take the claim off the client's ID tokens",
        ),
      ];
}

/** Judges the time of the sign-in against the time at which the person left for the issuer. */
function signInProven(
  { auth_time: at, iat, acr }: Claims,
  { begunAt }: Pick<Tried, "begunAt">,
  { approvals: { freshness } }: ApprovingIssuer,
): Finding {
  const check = "sign-in";
  if (typeof at === "number" && at >= begunAt - CLOCK_SECONDS) {
    const late = Number(iat) - at;
    return ok(check, `auth_time is that of this sign-in${late > 0 ? `, ${late} s before the token` : ""}`);
  }
  if (typeof at === "number" && at >= begunAt - VOTE_SKEW_SECONDS)
    return unknown(
      check,
      `auth_time is ${begunAt - at} s before the request: an earlier sign-in, or a clock that is behind`,
      "wait two minutes, and try again in the same browser: an earlier sign-in can be recognised then",
    );
  if (typeof at === "number")
    return bad(
      check,
      `auth_time is ${begunAt - at} s before the request, which had prompt=login and max_age=0`,
      "the issuer accepts an earlier sign-in: have it require a new one for this client, or let nobody of it approve",
    );
  if (freshness === "acr" && typeof acr === "string")
    return unknown(
      check,
      "there is no auth_time, and one sign-in cannot show that the issuer proves acr anew",
      "try again in the same browser: where the issuer does not ask you, its acr proves nothing",
    );
  return bad(
    check,
    "there is no auth_time",
    "add the claim to the ID tokens of this client; an issuer without it cannot approve",
  );
}

function classesProven({ acr, amr }: Claims, groups: readonly ApproverGroup[]): readonly Finding[] {
  const methods = Array.isArray(amr) ? amr : [];
  const given = `acr ${acr === undefined ? "is not there" : JSON.stringify(acr)}, amr ${amr === undefined ? "is not there" : JSON.stringify(amr)}`;
  const asking = groups.filter((group) => group.acr !== undefined || group.amr !== undefined);
  if (asking.length === 0) return [ok("class", `${given}; no group asks for one`)];
  return asking.map((group) =>
    (group.acr === undefined || (typeof acr === "string" && group.acr.includes(acr))) &&
    (group.amr ?? []).every((method) => methods.includes(method))
      ? ok("class", `${given}, which ${group.name} takes`)
      : bad(
          "class",
          `${given}; ${group.name} takes ${[...(group.acr ?? []).map((each) => `acr ${each}`), ...(group.amr ?? []).map((each) => `amr ${each}`)].join(", ")}`,
          "sign in as the group asks, or have the issuer put it into the token",
        ),
  );
}

/** Judges the person claim. With an operator's token, also compares the claim with that of another client. */
function personProven(claims: Claims, issuer: ApprovingIssuer, operator: Claims | undefined): readonly Finding[] {
  const claim = issuer.person ?? "sub";
  const person = personOf(claims, issuer);
  if (person === undefined)
    return [bad("person", `has no usable claim ${claim}`, 'name another one: "person" at the issuer in valetkey.json')];
  const found = `${claim} is ${person.value}`;
  const other = operator && operator.iss === issuer.url ? personOf(operator, issuer) : undefined;
  if (other === undefined)
    return [
      ok("person", found),
      unknown(
        "person",
        `whether ${claim} is the same at another client was not seen`,
        `${ownCommand()} login at ${issuer.name} first, then this with --url`,
      ),
    ];
  return [
    isSamePerson(person, other)
      ? ok("person", `${found}, and the same in your operator's token`)
      : bad(
          "person",
          `${found}, and ${other.value} in your operator's token`,
          "either these are two accounts, or the claim differs for each client: name one that does not",
        ),
  ];
}

function personOf(claims: Claims, issuer: ApprovingIssuer): Person | undefined {
  try {
    return personIn(claims, issuer);
  } catch {
    return undefined;
  }
}

function groupProven(claims: Claims, issuer: ApprovingIssuer, group: ApproverGroup): Finding {
  const check = `group ${group.name}`;
  const person = personOf(claims, issuer);
  const { members } = group;
  if (person !== undefined && isMember(claims, person, group)) return ok(check, "you are in it");
  if ("persons" in members) return unknown(check, "you are not in it", "its persons are in valetkey.json");
  const values = valueAt(claims, members.claim);
  if (!Array.isArray(values))
    return bad(
      check,
      `the token has no list ${members.claim}`,
      "have the issuer put groups into the ID tokens of this client; where it leaves them out above a number, choose fewer",
    );
  return unknown(
    check,
    `${members.claim} has ${values.length} entries, and ${JSON.stringify(members.value)} is not counted`,
    "that is right where you are not in it; 100 entries or more count for nobody, since some may be missing",
  );
}
