import { takesCode } from "../../contract/decision/act-in-words.ts";
import { actHash } from "../../contract/decision/record-hash.ts";
import type { ActRecord } from "../../functions/core/approvals/act-record.ts";
import { ApiFault, call } from "../api.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { HeldVote } from "../sign-in/pending.ts";
import { base64url } from "../sign-in/random-text.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import { voteBody } from "../sign-in/sign-in.ts";

/** Outcome of an act. */
export interface Performed {
  readonly tone: "good" | "bad";
  readonly title: string;
  readonly says: string;
}

/** Makes the record of an act, for a sign-in that begins now. Uses the API's time where it is known. */
export async function recordFor({ path, body }: Pick<ActRecord["act"], "path" | "body">, api: string) {
  const answer = await call(api, "/.well-known/oauth-authorization-server", undefined).catch(() => undefined);
  const now = Date.now() + (answer?.clockAheadMs ?? 0);
  return {
    version: 1,
    hub: api,
    act: { method: "POST", path, body },
    nonce: base64url(crypto.getRandomValues(new Uint8Array(16))),
    created_at: Math.floor(now / 1_000),
  } as const satisfies ActRecord;
}

/** True where the API checks the signature of an act. */
export const takesSignature = (act: Parameters<typeof takesCode>[0], settings: ConsoleSettings): boolean =>
  settings.step_up === true || takesCode(act);

/** Performs an act once, with the vote of its sign-in. Returns the outcome in words. */
export async function performAct(
  held: HeldVote,
  record: ActRecord,
  { settings, session }: { readonly settings: ConsoleSettings; readonly session: Session },
): Promise<Performed> {
  const vote = await voteBody(held, await actHash(record), settings);
  const { act, nonce, created_at } = record;
  if (typeof vote === "string" || !("vote" in vote || takesCode(act)))
    return { tone: "bad", title: "It was not done", says: typeof vote === "string" ? vote : NO_PAGE };
  try {
    await call(settings.api, act.path, session.token, { ...act.body, step_up: { ...vote, nonce, created_at } });
    return {
      tone: "good",
      title: "Done",
      says: `The journal records it${takesSignature(act, settings) ? ", with your sign-in" : ""}.`,
    };
  } catch (error) {
    if (!(error instanceof ApiFault)) throw error;
    if (error.isUnanswered)
      return {
        tone: "bad",
        title: "No answer came",
        says: `It is unknown whether it was done. Check before you do it again. ${error.message}`,
      };
    return { tone: "bad", title: "It was not done", says: error.message };
  }
}

const NO_PAGE = "The hub redeems your issuer’s codes, so nobody can vote for an act on this page.";
