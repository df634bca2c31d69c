import {
  requestedAwsDetail,
  requestedAwsStatements,
  requestedDetails,
  toolDetail,
} from "../../contract/authorization-details.ts";
import { endReason } from "../../contract/fields.ts";
import { type EachNoun, NOUNS } from "../../contract/operations.ts";
import { credentialsRefusalAnswer, failureAnswer, refusalAnswer } from "../../contract/refusal-answers.ts";
import { actVote } from "../../contract/vote.ts";
import { NAMED_DETAILS } from "./connectors.ts";

type Merged<T> = Readonly<UnionToIntersection<T>>;
type UnionToIntersection<T> = (T extends unknown ? (given: T) => void : never) extends (given: infer I) => void
  ? I
  : never;

/** Schemas of requests, by their name in the document. */
export const REQUESTS = {
  AuthorizationDetails: requestedDetails,
  AwsDetail: requestedAwsDetail,
  AwsStatements: requestedAwsStatements,
  ToolDetail: toolDetail,
  ...NAMED_DETAILS,
  ...merged<EachNoun["requests"]>(NOUNS.map(({ requests }) => requests)),
  ActVote: actVote,
  Reason: endReason,
} as const;

/** Schemas of answers, by their name in the document. */
export const ANSWERS = {
  ...merged<EachNoun["answers"]>(NOUNS.map(({ answers }) => answers)),
  Refusal: refusalAnswer,
  CredentialsRefusal: credentialsRefusalAnswer,
  Failure: failureAnswer,
} as const;

export type RequestName = keyof typeof REQUESTS;
export type AnswerName = keyof typeof ANSWERS;

/** Schemas of every noun, in one object. */
function merged<T extends object>(each: readonly T[]): Merged<T> {
  return Object.assign({}, ...each) as Merged<T>;
}
