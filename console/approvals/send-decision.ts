import type { ReadAnswer } from "../../contract/operations.ts";
import { ApiFault, call } from "../api.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { VoteAct } from "../sign-in/pending.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import type { VoteBody } from "../sign-in/sign-in.ts";
import { refusalInWords, votesInWords } from "./in-words.ts";

type Decided = ReadAnswer<"POST /v1/approvals/{approval}/decide">;

/** Outcome of this page's last act. */
export interface Result {
  readonly tone: "good" | "bad";
  readonly title: string;
  readonly says?: string;
  /** Decision without an answer, which can be sent again. */
  readonly again?: Body;
}

/** Body of a decision. `hashes` lists all hashes of a batch. */
export type Body =
  | ({ readonly decision: "approve" | VoteAct; readonly hashes?: readonly string[] } & VoteBody)
  | { readonly decision: "deny"; readonly reason: string }
  | "withdraw";

/** Sends a decision, and returns the outcome in words. Without an answer, it is unknown whether the decision was recorded; the page's next read shows it. */
export async function sendDecision(
  body: Body,
  {
    id,
    settings,
    session,
  }: { readonly id: string } & { readonly settings: ConsoleSettings; readonly session: Session },
): Promise<Result> {
  const route = body === "withdraw" ? "withdraw" : body.decision === "review" ? "review" : "decide";
  const path = `/v1/approvals/${encodeURIComponent(id)}/${route}`;
  try {
    const { value } = await call<Decided>(settings.api, path, session.token, postedOf(body));
    return { tone: "good", ...outcomeOf(body, value) };
  } catch (error) {
    if (!(error instanceof ApiFault)) throw error;
    if (error.isUnanswered)
      return {
        tone: "bad",
        title: "No answer came",
        says: "It is unknown whether your decision was recorded. This page checks again by itself, and you can safely send it again.",
        again: body,
      };
    return { tone: "bad", title: "Your decision was not recorded", says: refusalInWords(error) };
  }
}

/** Makes the posted JSON. That of a review is only its vote. */
const postedOf = (body: Body): object => {
  if (body === "withdraw") return {};
  if (body.decision !== "review") return body;
  const { decision: _, ...vote } = body;
  return vote;
};

function outcomeOf(body: Body, { status, needed }: Decided): { readonly title: string; readonly says: string } {
  if (body === "withdraw") return { title: "Your approval is withdrawn", says: "The agent gets nothing more by it." };
  if (body.decision === "review") return { title: "Reviewed", says: "The agent is not suspended for it." };
  if (body.decision === "break_glass")
    return { title: "The glass is broken", says: "Both alarms ring. Another person has to review it within 24 hours." };
  if (body.decision === "deny") return { title: "Denied", says: "The agent reads your reason. Nothing was issued." };
  const all = status === "pending" ? "More votes are needed." : "All votes are cast.";
  return { title: "Your approval is recorded", says: `${votesInWords(needed ?? [])}. ${all}` };
}
