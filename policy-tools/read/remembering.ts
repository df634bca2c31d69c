import { createHash } from "node:crypto";

/** Answers that are kept; what goes beyond is forgotten as a whole. */
const MOST = 500;

/** Keeps the answers to the last questions of a process: a process that builds several deployments asks the same for each. */
export function remembering<Q, A>(ask: (question: Q) => A): (question: Q) => A {
  const answers = new Map<string, A>();
  return (question) => {
    const key = createHash("sha256").update(JSON.stringify(question)).digest("base64");
    const answer = answers.get(key) ?? ask(question);
    if (answers.size >= MOST) answers.clear();
    answers.set(key, answer);
    return answer;
  };
}
