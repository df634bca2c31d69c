import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { versionsReader } from "../../../client/operate/tasks/undo/object-versions.ts";
import { planOf, type UndoPlan } from "../../../client/operate/tasks/undo/plan.ts";
import { shellTextOf } from "../../../client/operate/tasks/undo/shell-text.ts";
import { HOSTILE_KEYS } from "../../unit/client/operate/undo/hostile-keys.ts";
import { startMoto } from "../moto/running-moto.ts";
import { programOf } from "../python.ts";
import { contentOf, entriesOf, type History, historiesOf, isTasksAlone, played } from "./histories.ts";

// A task and others write objects in a bucket of moto with versions. The text of the plan is run by sh, and the aws
// command takes back what the task wrote.

const Bucket = "acme-data";
const PLAIN_KEYS = Array.from({ length: 34 }, (_, at) => `reports/${at}.csv`);
/** Faults of a plan's text that the judge has to find, each with keys that show it. */
const FAULTS: Readonly<Record<string, (text: string, plan: UndoPlan) => string>> = {
  "the version that the task wrote last is copied": (text, { objects }) =>
    objects.reduce(
      (all, { before, current }) => all.replaceAll(before?.version_id ?? "?", current?.version_id ?? "?"),
      text,
    ),
  "the source of a copy is encoded twice": (text) =>
    text.replace(/(?<=--copy-source='acme-data\/).*(?=\?versionId=)/g, encodeURIComponent),
  "a delete marker is laid over another": (text) => text.replace(/ --version-id='.*'$/gm, ""),
  "keys have no quotes": (text) => text.replace(/--key='.*' --/g, (word) => word.replaceAll("'", "")),
  "nothing is run": () => "",
};

const aws = programOf("way-back", "aws");
const moto = await startMoto();
const environment = {
  ...{ AWS_ENDPOINT_URL: moto.endpoint, AWS_DEFAULT_REGION: "us-east-1", AWS_EC2_METADATA_DISABLED: "true" },
  ...{ AWS_ACCESS_KEY_ID: "moto", AWS_SECRET_ACCESS_KEY: "moto" },
};
Object.assign(process.env, environment);
const s3 = new S3Client({ region: "us-east-1", forcePathStyle: true, maxAttempts: 1 });
let unmarkedKeys = 0;
const work = mkdtempSync(join(tmpdir(), "valetkey-way-back-"));
try {
  const kinds = new Map<string, number>();
  const findings = await judged(historiesOf([...HOSTILE_KEYS, ...PLAIN_KEYS], 3), (text) => text, kinds);
  console.log(
    `${HOSTILE_KEYS.length + PLAIN_KEYS.length} objects: ${[...kinds].map(([kind, n]) => `${n} ${kind}`).join(", ")}`,
  );
  console.log(`known, ${unmarkedKeys} times: moto lays no delete marker where no object is, and S3 does`);
  for (const kind of ["copy", "remove_markers", "delete", "nothing", "none"])
    if ((kinds.get(kind) ?? 0) < 3) findings.push(`the judge saw too little of ${kind}`);
  findings.push(...(await judgedLate()));
  for (const [fault, wrong] of Object.entries(FAULTS)) {
    await moto.reset();
    const found = await judged(historiesOf(["a b", "ä", "it's", ...PLAIN_KEYS.slice(0, 9)], 7), wrong, new Map());
    if (found.length === 0) findings.push(`the judge does not find: ${fault}`);
  }
  console.log(`${Object.keys(FAULTS).length} faults were put in`);
  for (const each of findings) console.log(each);
  console.log(`${findings.length} findings`);
  process.exitCode = findings.length === 0 ? 0 : 1;
} finally {
  await moto.close();
  rmSync(work, { recursive: true });
}

/** Plays histories in a new bucket, and makes the plan. */
async function planned(histories: readonly History[]) {
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const { originals, unmarked, changes } = await played(s3, Bucket, histories);
  const found = {
    ...{ task: "t", agent: "reports", opened_at: new Date(0).toISOString(), settled: true, may_remove_versions: false },
    ...{ tasks_read: ["t"], tasks_not_read: [], not_visible: [], changes },
  };
  return { originals, unmarked, plan: await planOf(found, versionsReader(process.env), Date.now()) };
}

/**
 * Has somebody else write each object between the plan and its run. moto knows no condition of a copy, which S3 does:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html. So only objects that the plan deletes are judged.
 */
async function judgedLate(): Promise<readonly string[]> {
  await moto.reset();
  const { plan } = await planned(historiesOf(PLAIN_KEYS.slice(0, 12), 11));
  const deleted = plan.objects.filter(({ way_back: kind }) => kind === "delete");
  const findings = deleted.length < 2 ? ["the judge saw too few late writes"] : [];
  for (const object of deleted) {
    await s3.send(new PutObjectCommand({ Bucket, Key: object.key, Body: "late" }));
    const refused: string[] = [];
    run(shellTextOf({ ...plan, objects: [object] }).toString(), refused);
    const isThere = (await contentOf(s3, Bucket, object.key)) !== undefined;
    if (!isThere || refused.length !== 1) findings.push(`${object.key} was deleted over a late write`);
  }
  console.log(`${deleted.length} objects were written between the plan and its run`);
  return findings;
}

/** Plays histories, runs the plan's text, and returns what is not as it was before the task. */
async function judged(
  histories: readonly History[],
  wrongly: (text: string, plan: UndoPlan) => string,
  kinds: Map<string, number>,
): Promise<string[]> {
  const { originals, unmarked, plan } = await planned(histories);
  unmarkedKeys += unmarked.size;
  const before = await entriesOf(s3, Bucket);
  const left = new Map<string, unknown>();
  for (const { key } of histories) left.set(key, await contentOf(s3, Bucket, key));
  const findings: string[] = [];
  run(wrongly(shellTextOf(plan).toString(), plan), findings);
  const after = new Set(await entriesOf(s3, Bucket));
  // A delete marker has no content: three parts are a version of an object.
  const lost = before.filter((entry) => !after.has(entry) && JSON.parse(entry).length === 3);
  findings.push(...lost.map((entry) => `a version is gone: ${entry}`));
  for (const history of histories) {
    const { key } = history;
    const object = plan.objects.find((each) => each.key === key);
    const kind = object?.way_back ?? "no object";
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    // Where somebody else acted since, everything stays as it is.
    const wanted = isTasksAlone(history) ? originals.get(key) : left.get(key);
    const now = await contentOf(s3, Bucket, key);
    if (!isDeepStrictEqual(now, wanted))
      findings.push(`${key}, ${kind}, ${object?.says}: ${JSON.stringify({ history, wanted, now })}`.slice(0, 2_000));
    if (!unmarked.has(key) && isTasksAlone(history) === (kind === "none"))
      findings.push(`${key} is ${kind}: ${JSON.stringify(history)}`);
  }
  return findings;
}

/** Runs a text by sh, with the aws command. */
function run(input: string, findings: string[]): void {
  const env = { ...environment, PATH: [dirname(aws), process.env.PATH].join(delimiter), HOME: work };
  try {
    execFileSync("sh", ["-e"], { input, cwd: work, env, stdio: ["pipe", "ignore", "pipe"] });
  } catch (error) {
    findings.push(`sh fails: ${error instanceof Error ? error.message : "?"}`.slice(0, 500));
  }
  if (readdirSync(work).length > 0) findings.push(`the text made files: ${readdirSync(work).join(" ")}`);
}
