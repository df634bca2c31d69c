import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { isDeepStrictEqual } from "node:util";
import type { Evaluation as Decision } from "../../../functions/core/policy/query.ts";
import { goProgramOf } from "../go.ts";
import { generatedWorlds, shippedWorlds } from "./asked-worlds.ts";

// cedar-go decides what valetkey's engine decided: Cedar in WebAssembly, asked with the policies that can matter alone, and
// with remembered answers. cedar-go is asked with all policies, and remembers nothing.

const program = goProgramOf("cedar-go");
const worlds = [...(await generatedWorlds()), ...(await shippedWorlds())];
const input = worlds.map(({ policies, questions }) => JSON.stringify({ policies, questions })).join("\n");
const lines = execFileSync(program, { input, encoding: "utf8", maxBuffer: 1 << 30 })
  .trimEnd()
  .split("\n");
assert.equal(lines.length, worlds.length);

const differing = worlds.flatMap(({ policies, questions, decisions }, world) => {
  const judged = JSON.parse(lines[world] ?? "") as readonly Decision[];
  assert.equal(judged.length, questions.length);
  return decisions.flatMap((own, index) => {
    const other = judged[index];
    return isDeepStrictEqual(own, other) ? [] : [{ policies, question: questions[index], own, other }];
  });
});
const all = worlds.flatMap(({ decisions }) => decisions);
const count = (which: (each: Decision) => boolean): number => all.filter(which).length;
console.log(
  `${all.length} decisions under ${worlds.length} sets of policies: ${count(({ allowed }) => allowed)} allowed, ${count(({ errored }) => errored.length > 0)} with a policy that errs, ${differing.length} different`,
);
for (const each of differing.slice(0, 5)) console.log(JSON.stringify(each, null, 2));
// A judge that is asked nothing confirms nothing.
assert.ok(count(({ allowed }) => allowed) > 1_000 && count(({ errored }) => errored.length > 0) > 100);
process.exitCode = differing.length === 0 ? 0 : 1;
