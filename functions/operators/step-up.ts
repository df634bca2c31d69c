import { actInWords } from "../../contract/decision/act-in-words.ts";
import { actLink } from "../../contract/decision/act-link.ts";
import type { FactsOf } from "../../contract/journal-events.ts";
import { ACT_SECONDS, type Act, type ActRecord, actHash } from "../core/approvals/act-record.ts";
import { type ActFault, VOTE_SKEW_SECONDS } from "../core/approvals/read-vote.ts";
import type { SignInCodes } from "../core/approvals/sign-in-codes.ts";
import { canSign, canStepUp } from "../core/deployment/can-step-up.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { isSamePerson } from "../core/identity/person.ts";
import type { SignIn } from "../core/identity/sign-in.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { jsonFields } from "../core/text/json-fields.ts";
import type { HttpEvent } from "../http/event.ts";
import { readJson, type Wanted } from "../http/read-body.ts";
import type { ActRoute, VotedRoute } from "../step-up.ts";
import { keyFacts } from "../steps/approvals/key-facts.ts";
import { parseSignature, type Signature } from "../steps/approvals/parse-signature.ts";
import { tokenSigned } from "../steps/approvals/token-signed.ts";
import { verifyStatement } from "../steps/approvals/verify-votes.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";

type Json = Readonly<Record<string, unknown>>;

type VotingPorts = Pick<Ports, "tokens" | "deployment" | "clock" | "rateLimits">;

/** Act that its operator has just voted for. */
export interface VotedAct {
  /** Record whose hash is the vote's nonce. */
  readonly record: ActRecord;
  /** Sign-in of the vote. The act's transaction records its use, so that it serves for no other act. */
  readonly signIn: SignIn;
  /** Facts for the act's journal event. */
  readonly facts: Pick<FactsOf<"consent.given">, "step_up">;
}

/**
 * Reads the body of an act without the vote that may be in it.
 * @throws {Refusal} unsupported_media_type, body_too_large, malformed_request.
 */
export function readActBody(event: HttpEvent, wanted?: Wanted): Json {
  const { step_up: _, ...body } = readJson(event, wanted);
  return body;
}

/**
 * Refuses an act unless its operator has just voted for exactly this act. Call it after policy has permitted the act.
 * @param route route that the request came by.
 * @returns undefined where the deployment requires no votes on acts.
 * @throws {Refusal} step_up_required, with the address at which to vote; vote_invalid, operator_denied, issuer_unreachable, and those of reading the body.
 */
export async function stepUp(
  operator: OperatorIdentity,
  event: HttpEvent,
  route: ActRoute,
  ports: VotingPorts,
): Promise<VotedAct | undefined> {
  return ports.deployment.stepUp ? votedAct(operator, event, route, ports) : undefined;
}

/**
 * Refuses an act unless the person has just voted for exactly this act, even where `stepUp` is off.
 * @param codes redeems the code of a sign-in that is sent for a vote. The token reaches no browser, and is verified as every vote is.
 * @throws {Refusal} as `stepUp` does.
 */
export async function votedAct(
  operator: OperatorIdentity,
  event: HttpEvent,
  route: VotedRoute,
  ports: VotingPorts,
  codes?: SignInCodes,
): Promise<VotedAct> {
  const { deployment, clock } = ports;
  refuseVoteless(operator, deployment, codes ? canSign : canStepUp);
  const { step_up: submitted, ...body } = event.body ? readJson(event) : {};
  const path = route
    .slice("POST ".length)
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => event.pathParameters?.[name] ?? "");
  const act: Act = { method: "POST", path, body };
  if (submitted === undefined) throw required(act, deployment);
  const { by, nonce, createdAt } = parseVote(submitted);
  const nowSeconds = clock.nowMs() / 1_000;
  if (createdAt > nowSeconds + VOTE_SKEW_SECONDS) throw fault("made_in_future");
  if (createdAt < nowSeconds - ACT_SECONDS) throw fault("made_long_ago");
  const record: ActRecord = { version: 1, hub: deployment.url, act, nonce, created_at: createdAt };
  const hash = actHash(record);
  // Redeemed last, since a code can be used once only: the checks above must not use it up.
  const vote = await tokenOf(operator, by, ports, codes);
  const window = { created_at: createdAt, expires_at: createdAt + ACT_SECONDS };
  const statement = await verifyStatement(vote, { nonce: hash, record: window }, ports);
  if (typeof statement === "string") throw fault(statement);
  const { person, signedInAt, castAt, hash: token } = statement;
  const keys = await keyFacts([statement], deployment);
  if (!isSamePerson(person, operator.person)) throw fault("another_person");
  const facts = { act_sha256: hash, nonce, created_at: createdAt, vote_sha256: token, ...keyOf(vote) };
  return {
    record,
    signIn: { person, signedInAt, nonce: hash, token: vote },
    facts: { step_up: { ...facts, cast_at: castAt, signed_in_at: signedInAt, keys } },
  };
}

/** @throws {Refusal} operator_denied where the operator's issuer can prove no vote. */
export function refuseVoteless(operator: OperatorIdentity, deployment: Deployment, canVote = canStepUp): void {
  if (deployment.issuers.some((issuer) => issuer.name === operator.person.issuer && canVote(issuer))) return;
  throw new Refusal("operator_denied", {
    say: "This act takes a vote, which your issuer cannot prove here; see stepUp in docs/approvals.md.",
    why: "step_up_impossible",
  });
}

/** Makes the refusal of RFC 9470, section 3: the token is not enough. The refusal has the title of the act, and the page on which to vote. */
const required = (act: Act, { console }: Deployment): Refusal =>
  new Refusal("step_up_required", {
    why: act.path,
    more: {
      act: actInWords(act)?.title ?? "An act that nobody can be shown",
      ...(console ? { console: actLink(console.url, act) } : {}),
    },
  });

/** Reads the name of the key that signed the token, if the token has it. */
function keyOf(token: string): { readonly kid?: string } {
  const { kid } = jsonFields(Buffer.from(token.split(".", 1)[0] ?? "", "base64url").toString("utf8"));
  return typeof kid === "string" ? { kid: kid.slice(0, KID_CHARACTERS) } : {};
}

const KID_CHARACTERS = 256;

/** Returns the ID token of the vote, not verified yet. @throws {Refusal} malformed_request, vote_invalid, issuer_unreachable. */
function tokenOf(
  operator: OperatorIdentity,
  by: Signature,
  ports: VotingPorts,
  codes: SignInCodes | undefined,
): Promise<string> {
  if (codes) return tokenSigned(operator, by, { ...ports, codes });
  if ("vote" in by) return Promise.resolve(by.vote);
  throw new Refusal("malformed_request", { say: "The page redeems the code of this act: send the ID token as vote." });
}

function parseVote(submitted: unknown): { readonly by: Signature; readonly nonce: string; readonly createdAt: number } {
  const {
    nonce,
    created_at: createdAt,
    ...signature
  } = (typeof submitted === "object" ? (submitted ?? {}) : {}) as Json;
  if (typeof nonce === "string" && /^[A-Za-z0-9_-]{22,64}$/.test(nonce) && Number.isSafeInteger(createdAt))
    return { by: parseSignature(signature), nonce, createdAt: Number(createdAt) };
  throw new Refusal("malformed_request", {
    say: "step_up is {vote, nonce, created_at}: an ID token, 128 bits in base64url, epoch seconds; a consent and an acceptance also take {code, code_verifier, redirect_uri} for vote.",
  });
}

const FAULTS: Readonly<Record<ActFault | "another_person" | "made_in_future" | "made_long_ago", string>> = {
  issuer: "It is not signed by your issuer, or your issuer has no client for approvals here.",
  audience: "It is not for the client for approvals alone: sign in on the console's page.",
  nonce: "It was signed for something else than this act: open the act's page again.",
  before_request: "It is older than the act: open the act's page again.",
  after_expiry: "It came too late: open the act's page again.",
  in_future: "It is of the future: the issuer's clock is wrong.",
  sign_in_unproven: "It proves no sign-in: your issuer has to say when you signed in (auth_time).",
  sign_in_class:
    "It proves no sign-in of a class that counts here: see acr of your issuer's approvals in valetkey.json.",
  sign_in_before_request: "You signed in before the act was requested: sign in again, with prompt=login.",
  required_claim: "It lacks a claim that valetkey.json requires of every token of your issuer (required).",
  actor:
    "Somebody acts in it for you, or may (act, may_act): sign in yourself, by a client whose tokens name nobody else.",
  key_bound:
    "It is bound to a key (cnf), which nobody proves here: your issuer has to give the client plain ID tokens.",
  person: "It lacks the claim that tells people apart.",
  another_person: "It is another person's than the one who acts.",
  made_in_future: "The act is of the future: the clock of the machine that made it is wrong.",
  made_long_ago: `The act was made more than ${ACT_SECONDS} seconds ago: open its page again.`,
};

const fault = (why: keyof typeof FAULTS): Refusal => new Refusal("vote_invalid", { say: FAULTS[why], why });
