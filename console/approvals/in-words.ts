import { deciderInWords } from "../../contract/decision/decider-in-words.ts";
import type { ReadAnswer } from "../../contract/operations.ts";
import type { Person } from "../../functions/core/identity/person.ts";

/** Entry of the inbox, as the API lists it. No decision is made from a list. */
export type Listed = ReadAnswer<"GET /v1/approvals">["approvals"][number];

/** Writes the number of votes of each group. @example votesInWords([{group: "sre", count: 2, have: 1}]) // "sre 1 of 2" */
export const votesInWords = (needed: Listed["needed"]): string =>
  needed.map(({ group, count, have }) => `${deciderInWords(group)} ${Math.min(have, count)} of ${count}`).join(", ");

/** Writes the remaining time. @example timeLeft(872) // "14:32" */
export function timeLeft(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), whole % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Names of the states, with their consequences. */
const STATES = {
  pending: ["Waiting", "People have to decide; nothing has been issued."],
  approved: ["Approved", "All votes are cast. The agent gets its key at its next request."],
  standing: [
    "Standing",
    "The agent has used it, and may use it again without another approval. To stop that, withdraw or end the approval, below.",
  ],
  used: ["Used", "The agent has its key. To revoke it, end the task."],
  denied: ["Denied", "A person denied it. The agent gets nothing."],
  withdrawn: ["Withdrawn", "An approval was withdrawn. The agent gets nothing more by it."],
  expired: ["Expired", "Nobody decided in time. That is no denial: the agent may request it again."],
  cancelled: ["Cancelled", "The task of the request has ended."],
  void: ["Void", "What the agent would get has changed since its request. It has to make a new one."],
} as const satisfies Record<string, readonly [string, string]>;

/** Names a state, with its meaning. Shows a state that this page does not know as it is. */
export const stateInWords = (state: string): readonly [string, string] =>
  Object.hasOwn(STATES, state) ? STATES[state as keyof typeof STATES] : [state, ""];

/** Names a request's state, with its meaning at this moment: the key of a used approval ends with its task. */
export const meaningOf = ({ status, task }: Pick<Listed, "status" | "task">): readonly [string, string] =>
  status === "used" && task?.live === false
    ? [STATES.used[0], "The agent had its key. The task has ended, and the key with it."]
    : stateInWords(status);

/** Describes the outcome of an approval, and the acts that are still possible. */
export function decidedInWords({
  status,
  standing,
  task,
  you,
}: Pick<Listed, "status" | "standing" | "task" | "you">): string {
  const uses = standing && status === "standing" ? `: used ${standing.used} of ${standing.uses} times` : "";
  const acts = [
    ...(status === "approved" || status === "standing" ? [you.has_voted ? "withdraw it" : "end it"] : []),
    ...(task?.live ? ["end its task"] : []),
  ];
  return `${stateInWords(status)[0]}${uses}; ${acts.length > 0 ? `you can ${acts.join(", or ")}` : "nothing is left to do"}`;
}

/** Describes why a decision was not recorded, and what to do. The API's own sentence describes the fault of a vote. */
export function refusalInWords({ code, message }: { readonly code: string; readonly message: string }): string {
  switch (code) {
    case "approval_expired":
      return "The request had expired when your decision arrived. Nothing was recorded.";
    case "approval_denied":
      return "Somebody had decided against the request before your decision arrived.";
    case "approval_void":
      return "What the agent would get has changed, so your decision has no effect. The agent has to make a new request.";
    case "already_used":
      return "The approval was used before your decision arrived. To revoke the key, end the task.";
    case "approval_unknown":
      return "There is no such request, or you may not see it.";
    default:
      return message;
  }
}

/** Longest reason of a denial; characters. */
export const REASON_CHARACTERS = 500;

/** Names a person by a text such as an owner, `staff|person:carol`, as other people are named; any other text is shown as it is. */
export const personInWords = (owner: string): string => {
  const [, issuer, value] = /^([a-z0-9-]{2,32})\|(.+)$/s.exec(owner) ?? [];
  return issuer !== undefined && value !== undefined ? nameOf({ issuer, value }) : owner;
};

/** Names a person. @example "person:carol at staff" */
export const nameOf = ({ issuer, value }: Person): string => `${value} at ${issuer}`;
