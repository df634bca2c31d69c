import { createHash } from "node:crypto";
import type { AgentId } from "../../../contract/agent-id.ts";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import { type Person, personId } from "../identity/person.ts";
import type { Pair } from "../intent/pairs.ts";
import { THE_PERSON } from "../policy/needed-votes.ts";
import type { ApprovalRecord } from "./approval-record.ts";

/** Limits that prevent an agent from wearing people down with requests. All but the last count each person for whom it acts apart, and what is for nobody. */
export const APPROVAL_LIMITS = {
  /** Requests that wait for one group at a time. */
  pendingInGroup: 3,
  /** New requests in an hour. */
  newInHour: 20,
  /** Pause after the first, second and further denials of one request; seconds. */
  afterDenial: [60, 300, 900],
  /** Denials within an hour after which the agent may request no approval for `pauseSeconds`. */
  denialsInHour: 3,
  pauseSeconds: 900,
  /** New requests in an hour for all people together, above which only a person with none in the hour gets one. */
  newForPeopleInHour: 100,
} as const;

/** Earlier request of the same agent. Times are epoch seconds. */
export interface EarlierRequest {
  /** `sameRequestKey` of the request. */
  readonly key: string;
  /** People whom the request was for, as `decidersOf` names them. */
  readonly groups: readonly string[];
  readonly createdAt: number;
  readonly isPending: boolean;
  readonly deniedAt?: number;
  /**
   * Person who denied the request, as `decidersOf` names them: the one for whom the agent acts. Absent where an
   * approver denied it.
   */
  readonly deniedBy?: string;
}

/**
 * Lists the deciders of a request: names of groups, and `@issuer|person` for a consent. Consents of different people so
 * count apart.
 */
export const decidersOf = ({ needed, person }: Pick<ApprovalRecord, "needed" | "person">): readonly string[] =>
  needed.map(({ group }) => (group === THE_PERSON && person ? deciderOf(person) : group));

/** Names a person as a decider. No group's name contains an at sign. */
export const deciderOf = (person: Person): string => `@${personId(person)}`;

/** Returns the earlier requests that count for a new one, by the new one's deciders. */
export const countedFor = <T extends Pick<EarlierRequest, "groups">>(
  all: readonly T[],
  deciders: readonly string[],
): readonly T[] => all.filter(({ groups }) => groups.some((decider) => concerns(decider, deciders)));

const isPerson = (decider: string): boolean => decider.startsWith("@");

/**
 * True for a decider whom the new request would wear down further. Approvers of all groups count as one, and a person
 * only as themselves. Requests to one person, and denials by that person, count for no other person.
 */
const concerns = (decider: string, deciders: readonly string[]): boolean =>
  isPerson(decider) ? deciders.includes(decider) : deciders.some((each) => !isPerson(each));

/**
 * Computes the key of a request: the agent, the person it acts for, and the granted pairs. Purpose, lifetime and nonce
 * are not part of it, so a changed purpose evades no limit.
 */
export const sameRequestKey = (agent: AgentId, pairs: readonly Pair[], person?: Person): string => {
  const texts = [...new Set(pairs.map((pair) => canonicalJson([pair.action, pair.target, accountIn(pair)])))].sort();
  return createHash("sha256")
    .update(`${agent}\n${person ? `${canonicalJson([person.issuer, person.value])}\n` : ""}${texts.join("\n")}`)
    .digest("base64url");
};

/** Returns the account in the pair, since an ARN of S3 names none. */
const accountIn = (pair: Pair): string => ("account" in pair ? pair.account : "");

/** Cause of a wait: requests that people have not decided, a limit on new ones, a denial of the same request, or denials of several requests. */
type WaitCause = "waiting" | "limit" | "denied" | "paused";

/**
 * Returns the seconds until the agent may request this approval, and the cause of the longest wait; 0 where it may now.
 * @param groups deciders of the request, as `decidersOf` names them.
 * @param nowSeconds epoch seconds.
 */
export function waitUntilAllowed(
  key: string,
  groups: readonly string[],
  all: readonly EarlierRequest[],
  nowSeconds: number,
): { readonly seconds: number; readonly cause: WaitCause } {
  const { pendingInGroup, newInHour, afterDenial, denialsInHour, pauseSeconds } = APPROVAL_LIMITS;
  const earlier = countedFor(all, groups);
  const inHour = earlier.filter(({ createdAt }) => createdAt > nowSeconds - 3_600);
  const denied = earlier.flatMap((each) =>
    each.deniedAt === undefined || (each.deniedBy !== undefined && !concerns(each.deniedBy, groups))
      ? []
      : [{ ...each, at: each.deniedAt }],
  );
  const deniedInHour = denied.filter(({ at }) => at > nowSeconds - 3_600).toSorted((a, b) => a.at - b.at);
  const same = deniedInHour.filter((each) => each.key === key);
  const isFull = groups.some(
    (group) => earlier.filter((each) => each.isPending && each.groups.includes(group)).length >= pendingInGroup,
  );
  const afterFirst =
    inHour.length < newInHour ? 0 : Math.min(...inHour.map(({ createdAt }) => createdAt)) + 3_600 - nowSeconds;
  const afterSame =
    same.length === 0 ? 0 : endOf(same, afterDenial[Math.min(same.length, afterDenial.length) - 1] ?? 0) - nowSeconds;
  const afterSeveral = deniedInHour.length < denialsInHour ? 0 : endOf(deniedInHour, pauseSeconds) - nowSeconds;
  const waits = [
    { cause: "denied" as const, seconds: afterSame },
    { cause: "paused" as const, seconds: afterSeveral },
    { cause: "waiting" as const, seconds: isFull ? 60 : 0 },
    { cause: "limit" as const, seconds: afterFirst },
  ];
  return waits.reduce((longest, each) => (each.seconds > longest.seconds ? each : longest), {
    cause: "limit",
    seconds: 0,
  });
}

const endOf = (denied: readonly { readonly at: number }[], seconds: number): number =>
  (denied.at(-1)?.at ?? 0) + seconds;
