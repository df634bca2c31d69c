import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../local/emulator/free-ports.ts";
import { type RunningCloud, runCloud } from "../../contract/running-cloud.ts";
import { messageOf, requestFor, scheduledEvent } from "./aws-events.ts";
import { type DeployedFunction, deployedFunctions, type Place, type Trigger } from "./deployed.ts";
import type { Ended } from "./emulator.ts";
import { faultsOf, faultsOfLine } from "./findings.ts";
import { HostedFunctions } from "./hosted.ts";
import { missedFaults, PLANTED } from "./planted.ts";
import { programs } from "./programs.ts";
import { atSilentAws, statusOf } from "./silent-aws.ts";
import { story } from "./story.ts";

// Every function as it is deployed, in Lambda's own runtime, at the embedded AWS: `npm run judges -- lambda`. Memory and the time of a start are not judged.

/** Functions that Lambda may end where AWS answers nothing, each with the reason. */
const ENDED_BY_LAMBDA: Readonly<Record<string, string>> = {
  "valetkey-reconcile":
    "its seven seconds are the bound: within eight, the queue hands the role to the next writer (REVOCATION_HIDDEN_SECONDS)",
};

const findings: string[] = [];
const built = programs();
const folder = mkdtempSync(join(tmpdir(), "valetkey-lambda-"));
try {
  const missed = await missedFaults(join(folder, "planted"), built);
  findings.push(...missed.map((each) => `not found: ${each}`));
  console.log(`${PLANTED} planted faults, of which ${missed.length} were missed`);

  const page = `http://127.0.0.1:${await freePort()}`;
  const running = await runCloud({ hasRules: false }, { console: { url: page } });
  try {
    await judge(running);
  } finally {
    await running.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const finding of findings.slice(0, 40)) console.log(`FOUND ${finding}`);
console.log(`${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;

async function judge(running: RunningCloud): Promise<void> {
  const { cloud, configFile } = running;
  const place: Place = { account: cloud.scope.account, region: cloud.aws.region, endpoint: cloud.aws.endpoint };
  const deployed = deployedFunctions(configFile, folder, place);
  for (const { name, runtime } of deployed)
    assert.equal(runtime, `nodejs${process.versions.node.split(".")[0]}.x`, `${name} has another Node than this judge`);
  const hosted = new HostedFunctions(cloud, deployed, place, built);
  try {
    await everyRoute(running, deployed, hosted);
    // The archive's run signs what the registrations have recorded, and the story reads it.
    await everySchedule(deployed, hosted, place);
    await story(running);
    await everyUnusedQueue(deployed, hosted, place);
    await cloud.settled();
  } finally {
    await hosted.close();
  }
  const { invocations, functions, secrets } = hosted;
  for (const { function: name, kind, from, event, ended } of invocations) {
    const triggers = deployed.find((each) => each.name === name)?.triggers ?? [];
    const trigger = triggers.find((each) => isOf(each, { kind, from })) ?? { kind };
    findings.push(...faultsOf(trigger, event, ended).map((fault) => `${name}, ${kind} ${from}: ${fault}`));
  }
  const lines = [...functions].flatMap(([name, { lines }]) => lines.map((line) => [name, line] as const));
  for (const [name, line] of lines) findings.push(...faultsOfLine(line, secrets).map((fault) => `${name}: ${fault}`));
  for (const { name, triggers } of deployed)
    for (const trigger of triggers)
      if (!invocations.some((each) => each.function === name && isOf(trigger, each)))
        findings.push(`${name} was never invoked by ${trigger.kind} ${trigger.from}`);
  console.log(
    `${deployed.length} functions, ${invocations.length} invocations by ${deployed.flatMap(({ triggers }) => triggers).length} triggers, ${lines.length} lines, ${secrets.size} secrets looked for`,
  );

  const waited = await atSilentAws(deployed, invocations, place, built);
  for (const { function: name, kind, ended, seconds } of waited) {
    const outcome = kind === "api" ? `answer ${statusOf(ended)} ${codeOf(ended)}` : ended.outcome;
    console.log(`  ${name}, ${kind}: ${outcome} after ${seconds} s`);
    const isKnown = Object.hasOwn(ENDED_BY_LAMBDA, name);
    if ((ended.outcome === "timeout") !== isKnown)
      findings.push(`${name}, ${kind}, without an answer of AWS: ${isKnown ? "no time-out any more" : "a time-out"}`);
  }
  for (const [name, why] of Object.entries(ENDED_BY_LAMBDA)) console.log(`known: ${name} ends by its time-out: ${why}`);
  const longest = waited.reduce((most, { seconds }) => Math.max(most, seconds), 0);
  console.log(`${waited.length} invocations while AWS answered nothing, the longest ${longest} s`);
}

/** Code of a refusal; `""` for any other answer. */
function codeOf(ended: Ended): string {
  const { headers = {}, body = "" } = Object(ended.outcome === "answer" ? ended.answer : undefined);
  return String(headers["content-type"]).includes("json") ? (JSON.parse(body).code ?? "") : "";
}

/** True where a trigger is the source of an event. A stream has one table, and a rule's event does not name the rule. */
function isOf(trigger: Pick<Trigger, "kind" | "from">, { kind, from }: Pick<Trigger, "kind" | "from">): boolean {
  return trigger.kind === kind && (from === "" || trigger.from === from);
}

/** Calls each route without a token, with names that nothing has. */
async function everyRoute(
  { url }: RunningCloud,
  deployed: readonly DeployedFunction[],
  hosted: HostedFunctions,
): Promise<void> {
  for (const { name, triggers } of deployed)
    for (const { from } of triggers.filter(({ kind }) => kind === "api")) {
      const [method = "", path = ""] = from === "$default" ? ["GET", "/nowhere"] : from.split(" ");
      if (name.endsWith("-console")) {
        for (const each of ["/", "/approvals", "/nowhere.js"]) await hosted.invoke(name, requestFor(from, each));
        continue;
      }
      const headers = method === "POST" ? { "content-type": "application/json" } : {};
      const body = method === "POST" ? { body: "{}" } : {};
      await fetch(`${url}${path.replaceAll(/\{\w+\}/g, "nobody")}`, { method, headers, ...body });
    }
}

/** Invokes functions as the rules of AWS's clock do. */
async function everySchedule(
  deployed: readonly DeployedFunction[],
  hosted: HostedFunctions,
  place: Place,
): Promise<void> {
  for (const { name, triggers } of deployed)
    for (const { kind, from, input } of triggers)
      if (kind === "schedule") await hosted.invoke(name, input ?? scheduledEvent(from, place));
}

/** Invokes functions by messages of the queues that nothing has used so far. */
async function everyUnusedQueue(
  deployed: readonly DeployedFunction[],
  hosted: HostedFunctions,
  place: Place,
): Promise<void> {
  for (const { name, triggers } of deployed)
    for (const trigger of triggers.filter(({ kind }) => kind === "queue")) {
      const isUsed = hosted.invocations.some((each) => each.function === name && isOf(trigger, each));
      if (!isUsed) await hosted.invoke(name, messageOf(trigger.from, bodyFor(trigger.from), place));
    }
}

/** Body of a message that nobody has sent, as its sender writes it. */
function bodyFor(queue: string): object {
  return /lease|deadline/.test(queue) ? { path: "k7f3m2q9x4ab.", name: "postgres-0" } : {};
}
