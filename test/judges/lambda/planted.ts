import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Trigger } from "./deployed.ts";
import { EmulatedFunction, type Programs } from "./emulator.ts";
import { faultsOf, faultsOfLine } from "./findings.ts";

interface Fault {
  readonly trigger: Pick<Trigger, "kind" | "isPartial">;
  /** Code of the function `handler`. */
  readonly code: string;
  /** Name of the handler in the template. */
  readonly handler?: string;
  /** Text of the finding. */
  readonly finds: RegExp;
}

const API = { kind: "api" } as const;
const QUEUE = { kind: "queue", isPartial: true } as const;
const EVENT = { Records: [{ messageId: "one" }] };

/** Functions with one fault each, of the kinds that this judge is there to find. */
const FAULTS: Readonly<Record<string, Fault>> = {
  "a handler that the bundle has not": {
    trigger: API,
    code: "export const handler = async () => ({ statusCode: 200 });",
    handler: "index.other",
    finds: /HandlerNotFound/,
  },
  "a module that the bundle has not": {
    trigger: API,
    code: 'import "left-pad"; export const handler = async () => ({ statusCode: 200 });',
    finds: /left-pad/,
  },
  "a variable that the template has not": {
    trigger: API,
    code: 'if (!process.env.VALETKEY_TABLE) throw new Error("variable_missing"); export const handler = async () => ({});',
    finds: /variable_missing/,
  },
  "a start whose deployment is broken": {
    trigger: API,
    code: "export const handler = async () => ({ statusCode: 503, headers: {}, body: '' });",
    finds: /status code 503/,
  },
  "an answer without a status code": {
    trigger: API,
    code: "export const handler = async () => ({ status: 200, body: '{}' });",
    finds: /status code undefined/,
  },
  "a header that is no text": {
    trigger: API,
    code: "export const handler = async () => ({ statusCode: 200, headers: { a: ['b'] }, body: '' });",
    finds: /header a is no text/,
  },
  "a failed item that is not in the batch": {
    trigger: QUEUE,
    code: "export const handler = async () => ({ batchItemFailures: [{ itemIdentifier: 'two' }] });",
    finds: /names no item of the batch/,
  },
  "a batch answer under another name": {
    trigger: QUEUE,
    code: "export const handler = async () => ({ failures: [] });",
    finds: /no list batchItemFailures/,
  },
  "a handler with a callback": {
    trigger: { kind: "schedule" },
    code: "export const handler = (event, context, callback) => callback(null, {});",
    finds: /Callback/,
  },
  "a function that does not end in time": {
    trigger: { kind: "schedule" },
    code: "export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));",
    finds: /ended with timeout/,
  },
  "a line that is no JSON": {
    trigger: API,
    code: "process.stdout.write('started\\n'); export const handler = async () => ({ statusCode: 200 });",
    finds: /no JSON object: started/,
  },
  "a line with a secret": {
    trigger: API,
    code: 'export const handler = async () => { console.log("CANARY-of-a-key"); return { statusCode: 200 }; };',
    finds: /holds a secret/,
  },
  "a line with a token": {
    trigger: API,
    code: `export const handler = async () => { console.log("vk_${"a".repeat(30)}"); return { statusCode: 200 }; };`,
    finds: /holds a secret/,
  },
};

/** Runs functions with one fault each. @returns the faults that were not found; the sound function must have none. */
export async function missedFaults(folder: string, programs: Programs): Promise<readonly string[]> {
  const sound: Fault = {
    trigger: API,
    code: 'console.log("ready"); export const handler = async () => ({ statusCode: 200, headers: { a: "b" }, body: "" });',
    finds: /^$/,
  };
  const missed: string[] = [];
  for (const [name, fault] of Object.entries({ ...FAULTS, "none, in a sound function": sound })) {
    const found = await findingsOf(fault, join(folder, name.replaceAll(/\W/g, "-")), programs);
    const isFound = fault === sound ? found.length === 0 : found.some((each) => fault.finds.test(each));
    if (!isFound) missed.push(`${name}: ${JSON.stringify(found)}`);
  }
  return missed;
}

export const PLANTED = Object.keys(FAULTS).length;

async function findingsOf({ trigger, code, handler = "index.handler" }: Fault, folder: string, programs: Programs) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.mjs"), code);
  const settings = { name: "planted", folder, handler, timeoutSeconds: 2, memoryMb: 128, logFormat: "JSON" };
  const emulated = new EmulatedFunction(settings, {}, programs);
  const ended = await emulated.invoke(EVENT);
  await emulated.close();
  const secrets = new Set(["CANARY-of-a-key"]);
  return [...faultsOf(trigger, EVENT, ended), ...emulated.lines.flatMap((line) => faultsOfLine(line, secrets))];
}
