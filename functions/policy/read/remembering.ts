import { createHash } from "node:crypto";

/** Largest number of cached answers. Beyond it, the whole cache is cleared. */
const MOST = 500;

/** Caches a function's answers in the process, since a process that builds several deployments has the same questions for each. */
export function remembering<Q, A>(compute: (question: Q) => A): (question: Q) => A {
  const answers = new Map<string, A>();
  return (question) => {
    const key = createHash("sha256").update(JSON.stringify(question)).digest("base64");
    const answer = answers.get(key) ?? compute(question);
    if (answers.size >= MOST) answers.clear();
    answers.set(key, answer);
    return answer;
  };
}
