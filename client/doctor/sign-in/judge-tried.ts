import { decodeJwt, decodeProtectedHeader } from "jose";
import type { SignInCodes } from "../../../functions/core/approvals/sign-in-codes.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import type { Claims } from "../../../functions/core/identity/claims.ts";
import type { Tokens } from "../../../functions/core/identity/tokens.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { verifyVote } from "../../../functions/steps/approvals/verify-votes.ts";
import { bad, type Finding, ok, skipped, unknown } from "../finding.ts";
import { type ApprovingIssuer, claimsProven } from "./claims-proven.ts";
import type { Tried } from "./parse-tried.ts";

/** Ports that a judgement needs. */
export interface JudgePorts {
  readonly tokens: Tokens;
  /** Redeemer of codes; absent where the secret of the client for approvals is not at hand. */
  readonly codes?: SignInCodes;
  readonly clock: { readonly nowMs: () => number };
  /** Token of the person at another client, for comparison; unverified. */
  readonly operatorToken?: string;
}

/** Time within which a vote would have to be given; seconds. */
const OPEN_SECONDS = 900;

/** Judges a trial sign-in: what each claim proves, and whether the exchange would have counted it as a vote. */
export async function judgeTried(
  tried: Tried,
  issuer: ApprovingIssuer,
  deployment: Deployment,
  ports: JudgePorts,
): Promise<readonly Finding[]> {
  const redeemed = await redeem(tried, issuer, ports);
  if (typeof redeemed !== "string") return redeemed;
  const by = ok("code", `was redeemed by the ${issuer.approvals.tokenExchange === "hub" ? "hub's client" : "page"}`);
  let claims: Claims;
  try {
    ({ claims } = await ports.tokens.verify(redeemed, issuer));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { alg, kid } = headerOf(redeemed);
    const found = `the token (${alg}, key ${kid}) does not verify by the issuer's keys: ${error.code}`;
    const why = error.detail.why === undefined ? "" : `: ${error.detail.why}`;
    return [
      by,
      error.isOutage
        ? unknown(
            "signature",
            `the issuer's keys are not taken${why}`,
            `\`valetkey doctor\` reports more about the issuer; it has to be reachable from here`,
          )
        : bad("signature", found, `algorithms in valetkey.json are ${issuer.algorithms.join(", ")}`),
    ];
  }
  const groups = (deployment.approvers ?? []).filter((group) => group.issuer === issuer.name);
  const operator = ports.operatorToken === undefined ? undefined : decodeJwt<Claims>(ports.operatorToken);
  const { alg, kid } = headerOf(redeemed);
  return [
    by,
    ok("signature", `${alg} by the key ${kid}, which the issuer publishes`),
    ...claimsProven(claims, tried, issuer, groups, operator),
    await verdict(redeemed, tried, deployment, ports),
  ];
}

/** Returns the ID token, or a finding where there is none. */
async function redeem(
  { outcome }: Tried,
  issuer: ApprovingIssuer,
  { codes }: JudgePorts,
): Promise<string | readonly Finding[]> {
  if ("token" in outcome) return outcome.token;
  if ("fault" in outcome)
    return [
      bad(
        "code",
        `the page could not redeem it: ${outcome.fault}`,
        'an issuer that lets no page do so (no CORS, or a secret is asked for) needs "tokenExchange": "hub" and its secret',
      ),
    ];
  if (!codes)
    return [
      skipped(
        "code",
        "the hub redeems it, with a secret that is not here",
        "set VALETKEY_APPROVALS_SECRET to the client's secret, and paste a new try within a minute",
      ),
    ];
  const token = await codes.redeem(issuer, outcome).catch((error: unknown) => {
    if (error instanceof Refusal) return undefined;
    throw error;
  });
  return (
    token ?? [
      bad(
        "code",
        "the issuer did not redeem it",
        "check the secret, and the redirect address; codes end after a minute",
      ),
    ]
  );
}

/** Verifies the token by the code that verifies votes. */
async function verdict(
  token: string,
  { begunAt, nonce }: Tried,
  deployment: Deployment,
  { tokens, clock }: JudgePorts,
): Promise<Finding> {
  const groups = deployment.approvers ?? [];
  const needed = groups.map(({ name }) => ({ group: name, count: 1 }));
  const record = { created_at: begunAt, expires_at: begunAt + OPEN_SECONDS, needed };
  const vote = await verifyVote(token, { nonce, record, groups }, { tokens, deployment, clock });
  return typeof vote === "string"
    ? bad("vote", `it would not count (${vote})`, "mend what is bad above")
    : ok("vote", `it would count for ${vote.groups.join(", ")}, where policy lets you approve`);
}

function headerOf(token: string): { readonly alg: string; readonly kid: string } {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    return { alg: String(alg), kid: String(kid) };
  } catch {
    return { alg: "unreadable", kid: "unreadable" };
  }
}
