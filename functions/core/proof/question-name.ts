import { hash } from "node:crypto";
import { joinedReads, nameOfRead, type Reads } from "./cedar-reads.ts";
import { once } from "./once.ts";
import type { StatedPolicy } from "./question.ts";
import type { ReadQuestion } from "./read-question.ts";

/**
 * Times that a session policy compares with the moment of a call, as it writes them. No other time: one in the name of a resource tells resources apart.
 * Within a string of JSON its quotes would be escaped.
 */
const TIMES = /"aws:CurrentTime":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z"/g;

/**
 * Makes a name for all that the answer depends on, beside the list of policies and what no task may do. Instead of times it has which of them are the same, and what calls can
 * tell apart of them; instead of the requester, what the policies can tell of it.
 * @param readsOf what a policy reads of the requester.
 */
export function nameOf(read: ReadQuestion, readsOf: (policy: StatedPolicy) => Reads): string {
  const { text, asked, above, account, reads, exceptions, held, spelling } = read.question;
  const texts = [text, ...above.flat()];
  const times = new Map<string, string>();
  const untimed = texts.map((each) =>
    each.replace(TIMES, (time) => once(times, time, () => `"aws:CurrentTime":time ${times.size}`)),
  );
  const shape = above.map((each) => each.length);
  const told = read.situations.map(({ name }) => name);
  const who = [policyOn(read, readsOf), addressIn(read)];
  const name = JSON.stringify([untimed, asked, shape, account, reads, who, exceptions, held?.mark, spelling, told]);
  return hash("sha256", name);
}

/**
 * Policies whose head is about the requester, each permit with its terms, and the facts of the requester that their conditions read. A permit's end is told by its place among all
 * ends, since the situations say which of them are over.
 */
function policyOn({ question: { asker }, policies }: ReadQuestion, readsOf: (policy: StatedPolicy) => Reads): unknown {
  // Stryker disable next-line ArrayDeclaration: a further end in the list moves no two places together
  const ends = [...new Set(policies.flatMap(({ terms }) => terms?.endsAt ?? []))];
  const told = policies.map(({ place, terms }) =>
    terms === undefined ? place : [place, ends.indexOf(terms.endsAt), terms.isNone],
  );
  const joined = joinedReads(policies.map(({ policy }) => readsOf(policy)));
  // The texts name the actions, and the situations the hours: these are the same in each name.
  // Stryker disable next-line BooleanLiteral,StringLiteral,ObjectLiteral: what is the same in each name tells no two apart
  const facts = nameOfRead({ ...joined, action: false }, asker, "", { atSeconds: 0 });
  return [told, facts];
}

/** Address that the session is bound to, where a text compares one; otherwise whether there is any. */
function addressIn({ question: { asker }, text, asked, above }: ReadQuestion): string | boolean | undefined {
  const { boundIp } = asker;
  const statements = [text, asked, ...above.flat()].flat();
  const isRead = statements.some(({ conditions }) =>
    conditions.some(({ key }) => key.toLowerCase() === "aws:sourceip"),
  );
  // Stryker disable next-line EqualityOperator: a name says as much by the opposite
  return isRead ? boundIp : boundIp !== undefined;
}
