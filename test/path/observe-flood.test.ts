import { describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { type ObservePorts, observe } from "../../functions/observe/observe.ts";
import { FakeHeard } from "../fakes/observed/heard.ts";
import { FakeLedger } from "../fakes/observed/ledger.ts";
import { FakeEscalations } from "../fakes/revocation/escalation.ts";
import { spelled } from "../fakes/samples/spelled.ts";
import { aLease, aTask } from "../fakes/samples/task.ts";
import { CATALOGUE } from "../fakes/world/world.ts";
import { cpuMillisecondsUntil } from "../unit/cpu-milliseconds.ts";

const NOW_MS = Date.UTC(2027, 0, 1, 9, 34);
const [HOME, ELSEWHERE] = [accountId("111122223333"), accountId("444455556666")] as const;
/** Messages of one batch of the queue. */
const BATCH = 10;
/** Events of one second of the flood. */
const FLOOD = 10_000;
/** CPU that one event may take; milliseconds. */
const MOST_MS = 5;

const tasks = ["ASIAOFONE", "ASIAOFTWO"].map((key) => ({
  key,
  ...aTask({
    details: [{ type: "aws", account: HOME, actions: spelled("s3:GetObject"), resources: ["arn:aws:s3:::acme/*"] }],
    expiresAt: NOW_MS / 1_000 + 3_600,
    leases: [aLease(0, { state: "issued", accessKeyId: key })],
  }),
}));

interface Told {
  readonly id: string;
  readonly path: string;
  readonly role: string;
  readonly key: string;
  readonly account: string;
  readonly object: string;
  readonly isDenied: boolean;
}

const bodyOf = ({ id, path, role, key, account, object, isDenied }: Told): string =>
  JSON.stringify({
    source: "aws.s3",
    account,
    "detail-type": "AWS API Call via CloudTrail",
    detail: {
      ...{ eventID: id, eventTime: "2027-01-01T09:30:00Z", eventSource: "s3.amazonaws.com", eventName: "GetObject" },
      requestParameters: { bucketName: "acme", key: object },
      userIdentity: { arn: `arn:aws:sts::${account}:assumed-role/${role}/${path}`, accessKeyId: key },
      ...(isDenied ? { errorCode: "AccessDenied" } : {}),
    },
  });

/** Calls that the two tasks made: the ledger has to count these. */
const GENUINE: readonly Told[] = Array.from({ length: 200 }, (_, n) => {
  const { task, key } = tasks[n % 2] ?? expect.fail("no task");
  const role = task.leases[0]?.role ?? "";
  return { id: `g${n}`, path: task.path, role, key, account: HOME, object: `o${n % 7}`, isDenied: n % 5 === 0 };
});

/** Forgeries of whoever administers another target account, who knows the tasks' names, keys and events. */
const FORGERIES: readonly ((told: Told, n: number) => string)[] = [
  (told) => bodyOf({ ...told, account: ELSEWHERE }),
  (told, n) => bodyOf({ ...told, account: ELSEWHERE, id: `f${n}`, isDenied: true }),
  (told, n) => bodyOf({ ...told, account: ELSEWHERE, id: `f${n}`, object: "never-read" }),
  // The account in the detail counts for nothing: the envelope's does.
  (told, n) =>
    bodyOf({ ...told, id: `f${n}`, object: "never-read" }).replace(`"account":"${HOME}"`, `"account":"${ELSEWHERE}"`),
  (told, n) => bodyOf({ ...told, account: ELSEWHERE, key: "ASIAFORGED", id: `f${n}` }),
  (told, n) => bodyOf({ ...told, account: ELSEWHERE, path: `${told.path}below0000000.`, id: `f${n}` }),
  (told, n) => bodyOf({ ...told, role: "Admin", id: `f${n}`, object: "never-read" }),
  (told) => bodyOf(told).slice(0, -7),
  (told, n) => bodyOf({ ...told, id: `f${n}`, object: "never-read" }).replace("via CloudTrail", "via Insight"),
  () => "[]",
];

/** Numbers that are the same in each run. */
function* numbers(): Generator<number, never> {
  for (let state = 0x2545f491; ; ) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield (state >>> 0) / 2 ** 32;
  }
}

/** Genuine events, each several times, among forgeries, in no order. */
function flood(): readonly string[] {
  const random = numbers();
  const bodies = GENUINE.map(bodyOf);
  const more = Array.from({ length: FLOOD - bodies.length }, (_, n) => {
    const genuine = GENUINE[n % GENUINE.length] ?? expect.fail("no event");
    const forge = FORGERIES[Math.floor(random.next().value * FORGERIES.length)] ?? bodyOf;
    // Half of the genuine events come once: none may be lost beside one that is repeated.
    return n % 3 === 0 && n % 4 > 1 ? bodyOf(genuine) : forge(genuine, n);
  });
  return [...more, ...bodies]
    .map((body) => ({ body, at: random.next().value }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ body }) => body);
}

async function observed(bodies: readonly string[]) {
  const [ledger, escalations] = [new FakeLedger(), new FakeEscalations()];
  const ports: ObservePorts = {
    tasks: { read: async (path: Task["path"]) => tasks.find(({ task }) => task.path === path)?.task },
    ...{ ledger, escalations, catalogue: CATALOGUE, heard: new FakeHeard(() => NOW_MS) },
    clock: { nowMs: () => NOW_MS },
    deployment: {
      accounts: [HOME, ELSEWHERE].map((id) => ({ id, region: regionNamed("eu-central-1"), taskRoles: 1 })),
    },
    log: { write: () => undefined },
  };
  const messages = bodies.map((body, n) => ({
    ...{ messageId: `m${n}`, body, receiptHandle: "r", attributes: { ApproximateReceiveCount: "3" } },
  }));
  let failed = 0;
  const cpuMs = await cpuMillisecondsUntil(async () => {
    for (let at = 0; at < messages.length; at += BATCH)
      failed += (await observe({ Records: messages.slice(at, at + BATCH) }, ports)).batchItemFailures.length;
  });
  const ledgers = await Promise.all(
    tasks.map(async ({ task }) =>
      (await ledger.list(task.path))
        .map(({ action, resource, used, denied }) => `${action} ${resource} ${used} ${denied}`)
        .toSorted(),
    ),
  );
  return { ledgers, failed, cpuMs, detected: escalations.reported };
}

describe("ten thousand events of a second, nearly all forged, repeated or out of order", () => {
  it("leave both ledgers as the genuine events alone would have them, and cost no more than is promised", async () => {
    const truth = await observed(GENUINE.map(bodyOf));
    expect(truth.ledgers.map((rows) => rows.length)).toEqual([7, 7]);
    expect(truth.detected).toEqual([]);
    const flooded = await observed(flood());
    expect(flooded.ledgers).toEqual(truth.ledgers);
    expect(flooded.failed).toBe(0);
    // Forged events are reported as of the forger's account, and of no other.
    expect(new Set(flooded.detected.map(({ account }) => account))).toEqual(new Set([ELSEWHERE]));
    expect(new Set(flooded.detected.map(({ rule }) => rule))).toEqual(new Set(["E3"]));
    expect(flooded.cpuMs / FLOOD).toBeLessThan(MOST_MS);
  });

  it("leave both ledgers so where they come from the tasks' own account, by a key that nobody recorded", async () => {
    const truth = await observed(GENUINE.map(bodyOf));
    const forged = Array.from({ length: FLOOD }, (_, n) =>
      bodyOf({ ...(GENUINE[n % 200] ?? expect.fail("no event")), key: "ASIAFORGED", id: `f${n}` }),
    );
    const flooded = await observed([...forged, ...GENUINE.map(bodyOf), ...forged]);
    expect(flooded.ledgers).toEqual(truth.ledgers);
    expect(new Set(flooded.detected.map(({ rule, account }) => `${rule} ${account}`))).toEqual(new Set([`E3 ${HOME}`]));
  });
});
