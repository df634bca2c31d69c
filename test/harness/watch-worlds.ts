import { afterAll, afterEach, expect } from "vitest";
import { isWholeChain } from "../../functions/core/journal/event.ts";
import { keyIdsOf } from "../../functions/core/tasks/task.ts";
import { type FakeWorld, onEachWorld } from "../fakes/world/world.ts";
import { expectUnseen } from "./canary.ts";
import { undocumentedRefusals } from "./undocumented-refusals.ts";

/** Fields that a log line may have. An allow-list, since nobody can list every forbidden field. */
const LOGGED = new Set([
  ...["level", "event", "route", "request", "code", "why", "agent", "operator", "server", "task", "leases"],
  ...["source_ip", "session_token_percent", "duration_ms", "waited_seconds", "transmitter"],
  // Fields of the triggers.
  ...[
    "account",
    "heard_at",
    "role",
    "revoked",
    "form",
    "foreign",
    "written",
    "load_percent",
    "lost",
    "endings",
    "roles",
    "since",
  ],
  ...["minute", "minutes", "ended", "withdrawn", "failed", "lag_seconds", "overdue", "asked", "source", "through"],
  ...["lease_revocations", "open", "pending", "due", "lease", "type", "outcome", "secret", "deadlines", "late_seconds"],
  // Fields of escalations.
  ...["rule", "done", "wanted"],
  // Consents are named by an id.
  "consent",
  // Fields of rechecks.
  ...["condition", "scope", "agents", "decided", "rechecks", "spared"],
  // Fields of probes.
  ...["watched", "status", "milliseconds"],
]);

/** Checks `expectSound` for every world of the file, after each test. */
export function watchWorlds(): void {
  const worlds: FakeWorld[] = [];
  afterAll(onEachWorld((world) => void worlds.push(world)));
  afterEach(() => {
    for (const world of worlds.splice(0)) expectSound(world);
  });
}

/**
 * Expects the invariants of a world. No secret is visible (I8). No owner's address is in a journal. No fence is after
 * its task's deadline (I4). Every key that was handed out is in its task's record. The journal is whole and records how
 * each task ended (I7). The API document has each refusal of each route.
 */
export function expectSound(world: FakeWorld): void {
  expectUnseen(world);
  const { tasks, events } = world.ports.tasks;
  const eventsOf = Map.groupBy(events, ({ of }) => of);
  const faults: string[] = [];
  for (const { path, status, leases, expiresAt } of tasks.values()) {
    const own = eventsOf.get(path) ?? [];
    if (!isWholeChain(own)) faults.push(`the chain of ${path} is broken`);
    const endings = own.filter(({ type }) => type === "task.ended").length;
    if (endings !== (status === "active" ? 0 : 1)) faults.push(`${path}, which is ${status}, ended ${endings} times`);
    for (const { name, fenceAt } of leases) if (fenceAt > expiresAt) faults.push(`the fence of ${path} ${name}`);
  }
  faults.push(...tagFaults(world), ...undocumentedRefusals(world));
  const listed = new Set([...tasks.values()].flatMap(({ leases }) => leases.flatMap(keyIdsOf)));
  for (const keyId of world.ports.tasks.confirmed)
    if (!listed.has(keyId)) faults.push(`${keyId} was handed out and no task lists it`);
  const addresses = [...world.ports.agents.agents.values()].flatMap(({ owner }) => (owner.includes("@") ? owner : []));
  const journals = addresses.length === 0 ? "" : JSON.stringify([events, world.ports.agents.events]);
  for (const address of addresses)
    if (!address.includes("|") && journals.includes(address)) faults.push(`the owner ${address} is in a journal`);
  for (const name of world.lines.flatMap((line) => Object.keys(line)))
    if (!LOGGED.has(name)) faults.push(`a log line has the field ${name}`);
  // One assertion for all faults, since thousands of worlds are checked.
  expect(faults).toEqual([]);
}

/**
 * Lists faults of tags. A session of a task for a person must have the person's pseudonym; no other session may have
 * one.
 */
function tagFaults({ ports }: FakeWorld): readonly string[] {
  const knows = new Set(ports.deployment.accounts.filter(({ personTag }) => personTag).map(({ id }) => id));
  return ports.sessions.asked.flatMap(({ path, account, personTag }) => {
    const task = ports.tasks.tasks.get(path);
    if (!task) return []; // refused after the call to STS
    const isForPerson = task.onBehalf !== undefined && knows.has(account);
    const isRight = isForPerson ? /^[A-Z2-7]{16}$/.test(personTag ?? "") : personTag === undefined;
    return isRight ? [] : [`the tag ${personTag} of the person of ${path}`];
  });
}
