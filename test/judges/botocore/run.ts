import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programOf } from "../python.ts";

// botocore reads all requests of a tour to AWS, and all answers of the embedded AWS, by AWS's own models of its services.

interface Recorded {
  readonly headers?: readonly string[];
  readonly url: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const text = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");
const withNonsense = (json: string): string => base64(JSON.stringify({ ...JSON.parse(text(json)), Nonsense: 1 }));
const isOf = ({ headers = [] }: Recorded, target: string): boolean => headers.includes(target);

/** Changes of one recorded call, by what the judge then has to find. A change returns undefined where the call is another. */
const FAULTS: Readonly<Record<string, (call: Recorded) => Partial<Recorded> | undefined>> = {
  "member Nonsense is not in GetItemInput": (call) =>
    isOf(call, "DynamoDB_20120810.GetItem") ? { body: withNonsense(call.body) } : undefined,
  "member Nonsense is not in GetItemOutput": (call) =>
    isOf(call, "DynamoDB_20120810.GetItem") ? { answer: withNonsense(call.answer) } : undefined,
  "Missing required parameter": (call) =>
    isOf(call, "DynamoDB_20120810.GetItem")
      ? { body: base64(text(call.body).replace('"TableName"', '"Table"')) }
      : undefined,
  "botocore signs otherwise": (call) =>
    isOf(call, "DynamoDB_20120810.GetItem") ? { body: base64(`${text(call.body)} `) } : undefined,
  "version 2011-06-16": (call) =>
    text(call.body).includes("Version=2011-06-15")
      ? { body: base64(text(call.body).replace("Version=2011-06-15", "Version=2011-06-16")) }
      : undefined,
  "element Nonsense is not in": (call) =>
    text(call.answer).includes("<AssumeRoleResult>")
      ? { answer: base64(text(call.answer).replace("<AssumeRoleResult>", "<AssumeRoleResult><Nonsense>1</Nonsense>")) }
      : undefined,
  // A tour need not have a refused call of its own.
  "error code Nonsense": (call) =>
    isOf(call, "DynamoDB_20120810.GetItem")
      ? { status: 400, answer: base64('{"__type":"com.amazonaws.dynamodb.v20120810#Nonsense"}') }
      : undefined,
};

/** Makes the change in the first call to which it applies. */
function changedOnce(change: (call: Recorded) => Partial<Recorded> | undefined): (line: string) => string {
  let isMade = false;
  return (line) => {
    if (isMade || line === "") return line;
    const call = JSON.parse(line) as Recorded;
    const changed = call.headers && change(call);
    if (!changed) return line;
    isMade = true;
    return JSON.stringify({ ...call, ...changed });
  };
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const python = programOf("botocore");
const folder = mkdtempSync(join(tmpdir(), "valetkey-botocore-"));
try {
  const wire = join(folder, "wire.ndjson");
  console.log("running the tour");
  const tour = spawnSync(
    process.execPath,
    ["--import", here("record-wire.ts"), here("../../../local/start.ts"), "--once"],
    {
      env: { ...process.env, VALETKEY_WIRE: wire },
      encoding: "utf8",
    },
  );
  // What the tour promises is judged elsewhere; here it only has to come to its end.
  if (!tour.stdout.includes('{"vended":'))
    throw new Error(`the tour ended with ${tour.status}: ${tour.stdout.slice(-2_000)}${tour.stderr.slice(-2_000)}`);
  const judge = (file: string) => spawnSync(python, [here("judge.py"), file], { encoding: "utf8" });
  const { status, stdout, stderr } = judge(wire);
  process.stdout.write(`${stdout}${stderr}`);
  process.exitCode = status ?? 1;
  // The judge finds what it is asked to find.
  for (const [fault, change] of Object.entries(FAULTS)) {
    const changed = join(folder, "changed.ndjson");
    writeFileSync(changed, readFileSync(wire, "utf8").split("\n").map(changedOnce(change)).join("\n"));
    const { stdout } = judge(changed);
    if (!stdout.includes(fault)) throw new Error(`the judge does not find: ${fault}\n${stdout}`);
  }
  console.log(`${Object.keys(FAULTS).length} faults that were put in are found`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
