import type { Approval, ApprovalList } from "../../contract/approvals.ts";
import { mayInWords } from "../../contract/decision/may-in-words.ts";
import { REVIEW_SECONDS } from "../core/approvals/break-glass.ts";
import { redirectUriOf } from "../core/approvals/sign-in-codes.ts";
import { standsUntil } from "../core/approvals/standing-uses.ts";
import { sealedUseOf } from "../core/approvals/stored-approval.ts";
import { defined } from "../core/defined.ts";
import { accountNames } from "../core/deployment/account-names.ts";
import type { ApproverGroup } from "../core/deployment/approver-group.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { isSamePerson, personId } from "../core/identity/person.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import { describeAgainst } from "../steps/approvals/describe-waiting.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { countedVotes } from "./counted-votes.ts";
import type { Examined } from "./examine-approval.ts";
import { type VoterPart, voterOf } from "./voter-of.ts";

/** Approval in a list. */
export type Listed = ApprovalList["approvals"][number];

/** States in which a vote may still be cast. */
const OPEN: readonly Examined["state"][] = ["pending", "approved"];

/** Votes that a request needs and has, by group. */
export const describeNeeded = ({ tally }: Pick<Examined, "tally">): Approval["needed"] =>
  tally.filled.map(({ group, count, people }) => ({ group, count, have: people.length }));

/** Describes a request in a list. */
export const summariseApproval = (examined: Examined, operator: OperatorIdentity, deployment: Deployment): Listed => {
  const { record, hash, state } = examined;
  const { id, name, team } = record.agent;
  return {
    ...{ id: record.id, hash, status: state, needed: describeNeeded(examined) },
    ...{
      agent: { id, name, team },
      purpose: record.purpose,
      may: mayInWords(record.grants, namesIn(record, deployment)),
    },
    created_at: isoSeconds(record.created_at),
    expires_at: isoSeconds(record.expires_at),
    ...describeStanding(examined),
    ...describeReview(examined),
    ...describeTask(examined),
    you: describePart(voterOf(operator, examined, deployment), examined),
  };
};

/** Describes a request with its record, for the page and the command that decide about it. */
export function describeApproval(examined: Examined, operator: OperatorIdentity, deployment: Deployment): Approval {
  const { record, hash, state, cast, tally, voidVotes, endedBy } = examined;
  const part = voterOf(operator, examined, deployment);
  const { outcome } = cast;
  const signIn = describeSignIn(operator, part.groups, deployment);
  return {
    ...accountNames(record.accounts, deployment),
    ...{ record: { ...record }, hash, status: state, needed: describeNeeded(examined) },
    ...describeStanding(examined),
    ...describeReview(examined),
    ...describeTask(examined),
    votes: [
      ...tally.filled.flatMap(({ group, people }) =>
        people.map((person) => ({
          group,
          by: personId(person),
          cast_at: isoSeconds(castAt(examined, person)),
          you: isSamePerson(person, operator.person),
        })),
      ),
      ...voidVotes.map(({ groups: [group = ""], castAt: at, person }) => ({
        ...{ group, by: personId(person), cast_at: isoSeconds(at) },
        ...{ you: isSamePerson(person, operator.person), void: true as const },
      })),
    ],
    ...(state === "cancelled" ? defined({ ended_by: endedBy }) : {}),
    ...(outcome
      ? {
          outcome: {
            decision: outcome.decision,
            ...describeAgainst(outcome),
            ...(outcome.rejected === undefined ? {} : { rejected: outcome.rejected }),
          },
        }
      : {}),
    you: describePart(part, examined),
    ...(signIn ? { sign_in: signIn } : {}),
  };
}

/** Names of the accounts in the record, which has only their ids. */
const namesIn = ({ accounts }: Examined["record"], deployment: Deployment) =>
  accountNames(accounts, deployment).account_names ?? {};

/** Describes a standing approval: the number of its uses, their upper bound, and its end. */
function describeStanding({ record, used }: Examined): Pick<Approval, "standing"> {
  const until = standsUntil(record);
  if (!record.standing || until === undefined) return {};
  return { standing: { used, uses: record.standing.uses, until: isoSeconds(until) } };
}

/** Describes the task of the latest use, which may be ended while it lives. */
const describeTask = ({ task }: Examined): Pick<Approval, "task"> =>
  task ? { task: { id: task.id, live: task.isLive } } : {};

/** Describes the review of a broken glass: the use that a reviewer votes on, and the deadline. */
function describeReview({ record, glass, cast, isReviewed }: Examined): Pick<Approval, "review"> {
  if (!glass) return {};
  const due = isoSeconds(glass.usedAt + REVIEW_SECONDS);
  const [vote] = countedVotes(cast, glass);
  const by = vote && personId(vote.person);
  return { review: { use: { ...sealedUseOf(record.id, glass) }, ...defined({ by }), due_at: due, done: isReviewed } };
}

const castAt = ({ votes, record }: Examined, person: OperatorIdentity["person"]): number =>
  votes.find((vote) => isSamePerson(vote.person, person))?.castAt ?? record.created_at;

function describePart({ groups, why, isFull, hasVoted }: VoterPart, { state }: Examined): Approval["you"] {
  const rule = why ?? (OPEN.includes(state) ? (isFull ? "group_full" : undefined) : state);
  return {
    may_vote: rule === undefined,
    groups: groups.map(({ name }) => name),
    has_voted: hasVoted,
    ...(rule === undefined ? {} : { why: rule }),
  };
}

/** Describes the sign-in by which the person votes: at their own issuer, with the classes (`acr`) that their groups require. */
function describeSignIn(
  { person }: OperatorIdentity,
  groups: readonly ApproverGroup[],
  deployment: Deployment,
): Approval["sign_in"] {
  const issuer = deployment.issuers.find(({ name }) => name === person.issuer);
  if (!issuer?.approvals || !deployment.console) return undefined;
  const classes = [...new Set(groups.flatMap(({ acr = [] }) => acr))];
  return {
    ...{ issuer: issuer.name, url: issuer.url, client_id: issuer.approvals.clientId },
    redirect_uri: redirectUriOf(deployment.console),
    token_exchange: issuer.approvals.tokenExchange,
    ...(classes.length === 0 ? {} : { acr_values: classes.join(" ") }),
  };
}
