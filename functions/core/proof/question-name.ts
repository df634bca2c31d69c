import { hash } from "node:crypto";
import { joinedReads, nameOfRead, type Reads } from "./cedar-reads.ts";
import { once } from "./once.ts";
import type { StatedPolicy } from "./question.ts";
import type { ReadQuestion } from "./read-question.ts";

/**
 * Times that a session policy compares with the time of a call, in the compiler's form. Other times stay in the name: a
 * time in the name of a resource distinguishes resources. Within a JSON string, the quotes would be escaped.
 */
const TIMES = /"aws:CurrentTime":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z"/g;

/**
 * Returns a name for everything that the answer depends on, but for the list of policies and `never`. Each time is
 * replaced by a number, equal for equal times. The situations add what calls can distinguish of the times. Of the
 * requester, the name has what the policies read.
 * @param readsOf returns what a policy reads of the requester.
 */
export function nameOf(read: ReadQuestion, readsOf: (policy: StatedPolicy) => Reads): string {
  const { text, above, account, reads, exceptions, held, spelling } = read.question;
  const texts = [text, ...above.flat()];
  const times = new Map<string, string>();
  const untimed = texts.map((each) =>
    each.replace(TIMES, (time) => once(times, time, () => `"aws:CurrentTime":time ${times.size}`)),
  );
  const shape = above.map((each) => each.length);
  const situations = read.situations.map(({ name }) => name);
  const who = [policyOn(read, readsOf), addressIn(read)];
  const name = JSON.stringify([
    untimed,
    read.bounds.map(({ requests }) => requests),
    shape,
    account,
    reads,
    who,
    exceptions,
    held?.mark,
    spelling,
    situations,
  ]);
  return hash("sha256", name);
}

/**
 * Returns the policies whose head applies to the requester, each permit with its terms, and the facts of the requester
 * that they read. A permit's end is its index among all ends. The situations have which ends are over.
 */
function policyOn({ question: { asker }, policies }: ReadQuestion, readsOf: (policy: StatedPolicy) => Reads): unknown {
  // Stryker disable next-line ArrayDeclaration: a further end in the list moves no two places together
  const ends = [...new Set(policies.flatMap(({ terms }) => terms?.endsAt ?? []))];
  const counted = policies.map(({ place, terms }) =>
    terms === undefined ? place : [place, ends.indexOf(terms.endsAt), terms.isNone],
  );
  const joined = joinedReads(policies.map(({ policy }) => readsOf(policy)));
  // The texts name the actions, and the situations the hours, so the facts need neither.
  // Stryker disable next-line BooleanLiteral,StringLiteral,ObjectLiteral: what is the same in each name tells no two apart
  const facts = nameOfRead({ ...joined, action: false }, asker, "", { atSeconds: 0 });
  return [counted, facts];
}

/** Returns the address that the session is bound to, where a text compares it; otherwise whether there is one. */
function addressIn({ question: { asker }, text, bounds, above }: ReadQuestion): string | boolean | undefined {
  const { boundIp } = asker;
  const statements = [text, ...bounds.map((bound) => bound.statements), ...above.flat()].flat();
  const isRead = statements.some(({ conditions }) =>
    conditions.some(({ key }) => key.toLowerCase() === "aws:sourceip"),
  );
  // Stryker disable next-line EqualityOperator: a name says as much by the opposite
  return isRead ? boundIp : boundIp !== undefined;
}
