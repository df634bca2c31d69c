import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { evaluate } from "../../property/second-evaluator/evaluate.ts";
import { RULES, type Rules } from "../../property/second-evaluator/rules.ts";
import { programOf } from "../python.ts";
import { type AskedQuestion, askedSessions } from "./asked-sessions.ts";
import { type Question, REWRITINGS } from "./rewritings.ts";

// LocalEmu's evaluator of policies decides calls with generated session policies. A policy that it is known to misread is
// written otherwise, with the same meaning for AWS. LocalEmu then has to agree.

const SESSIONS = 2_000;
/** Approximate number of calls of a session. */
const CALLS = 10;

/** Wrong readings of AWS's documentation, which the judge has to find. */
const FAULTS: Readonly<Record<string, Partial<Rules>>> = {
  "an Allow wins": { decision: (effects) => (effects.has("Allow") ? "allowed" : "explicit deny") },
  "calls that nothing denies are allowed": {
    decision: (effects) => (effects.has("Deny") ? "explicit deny" : "allowed"),
  },
  "a wildcard takes no slash": { isAny: (character) => character !== "/" },
  "NotAction is Action": { isNot: (matches) => matches },
  "conditions are joined by OR": { all: (answers) => answers.length === 0 || answers.some(Boolean) },
  "values are joined by AND": { ofValues: (answers, isNegated) => answers.every(Boolean) !== isNegated },
};

const python = programOf("localemu");
const script = fileURLToPath(new URL("judge.py", import.meta.url));

const { sessions, questions } = await askedSessions(SESSIONS, CALLS, 1);
const decisions = decided(questions);
const differing = questions.filter(({ isAllowed }, index) => decisions[index] !== isAllowed);
const findings = notExplained(differing);
const count = (which: (each: AskedQuestion) => boolean): number => questions.filter(which).length;
console.log(
  `${questions.length} calls of ${sessions} sessions, ${count(({ isAllowed }) => isAllowed)} of them allowed: LocalEmu decides ${differing.length} otherwise`,
);
for (const { what, why, needed } of neededRewritings(differing.filter((each) => !findings.includes(each)))) {
  console.log(`known, ${needed} times: ${what}: ${why}`);
  assert.ok(needed > 0, `not found any more: take it off the list: ${what}`);
}
console.log(`${count(({ isAllowed, isSimulated }) => isAllowed !== isSimulated)} decisions are not iam-simulate's`);
for (const each of findings.slice(0, 5)) console.log(JSON.stringify(each));
console.log(`${findings.length} findings`);
// A judge that is asked nothing confirms nothing.
assert.ok(count(({ isAllowed }) => isAllowed) > SESSIONS && count(({ isAllowed }) => !isAllowed) > SESSIONS);

for (const [fault, wrong] of Object.entries(FAULTS)) {
  const misread = questions.map((each) => ({
    ...each,
    isAllowed: evaluate(each.document, each.request, { ...RULES, ...wrong }) === "allowed",
  }));
  const some = misread.filter(({ isAllowed }, index) => decisions[index] !== isAllowed).slice(0, 200);
  assert.ok(notExplained(some).length > 0, `the judge does not find: ${fault}`);
}
console.log(`${Object.keys(FAULTS).length} faults that were put in are found`);
process.exitCode = findings.length === 0 ? 0 : 1;

/** Decides questions by LocalEmu. */
function decided(asked: readonly Question[]): readonly boolean[] {
  const lines: { readonly policy: object; readonly requests: object[] }[] = [];
  for (const { document, request } of asked) {
    const last = lines.at(-1);
    if (last?.policy === document) last.requests.push(request);
    else lines.push({ policy: document, requests: [request] });
  }
  if (lines.length === 0) return [];
  const input = lines.map((line) => JSON.stringify(line)).join("\n");
  const output = execFileSync(python, [script], { input, encoding: "utf8", maxBuffer: 1 << 30 });
  return output.split("\n").flatMap((line) => (line === "" ? [] : (JSON.parse(line) as boolean[])));
}

/** Question with all rewritings, or with all but one. */
function rewritten({ document, request }: Question, but?: number): Question {
  const rewritings = REWRITINGS.filter((_, index) => index !== but);
  return rewritings.reduce((question: Question, { rewrite }) => rewrite(question), { document, request });
}

/** Questions that LocalEmu decides otherwise even where they are rewritten. */
function notExplained(asked: readonly AskedQuestion[]): readonly AskedQuestion[] {
  const again = decided(asked.map((each) => rewritten(each)));
  return asked.filter(({ isAllowed }, index) => again[index] !== isAllowed);
}

/** Counts for each rewriting the questions that LocalEmu decides otherwise without it. */
function neededRewritings(explained: readonly AskedQuestion[]) {
  for (const { isAllowed, ...question } of explained) {
    const { document, request } = rewritten(question);
    assert.equal(evaluate(document, request) === "allowed", isAllowed, "a rewriting changes what a policy means");
  }
  return REWRITINGS.map((rewriting, but) => {
    const without = decided(explained.map((each) => rewritten(each, but)));
    return { ...rewriting, needed: explained.filter(({ isAllowed }, index) => without[index] !== isAllowed).length };
  });
}
