import { afterAll, afterEach, expect } from "vitest";
import { type FakeWorld, onEachWorld } from "../../fakes/fake-world.ts";
import { isWholeChain } from "../../functions/core/journal/event.ts";
import { keyIdsOf } from "../../functions/core/tasks/lease-keys.ts";
import { expectUnseen } from "./canary.ts";

/** Everything that a log line may say: an allow-list, since nobody can list what must not be said. */
const LOGGED = new Set([
  ...["level", "event", "route", "request", "code", "why", "agent", "operator", "server", "task", "leases"],
  ...["source_ip", "session_token_percent", "duration_ms", "waited_seconds", "transmitter"],
  // Of the triggers.
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
  ],
  ...["minute", "minutes", "ended", "withdrawn", "failed", "lag_seconds", "overdue", "asked", "source", "through"],
  ...["lease_revocations", "open", "pending", "due", "lease", "type", "outcome", "secret", "deadlines", "late_seconds"],
  // Escalations.
  ...["rule", "done", "wanted"],
  // Consents are named by an id.
  "consent",
  // Of probes.
  ...["watched", "status", "milliseconds"],
]);

/** After each test of the file, what must hold in every world of it, whatever was tested there. */
export function watchWorlds(): void {
  const worlds: FakeWorld[] = [];
  afterAll(onEachWorld((world) => void worlds.push(world)));
  afterEach(() => {
    for (const world of worlds.splice(0)) expectSound(world);
  });
}

/** No secret is seen (I8), no owner's address stands in a journal, no fence outlives its task (I4), every key that was handed out is in its task's record, the journal is whole and says of each task how it ended (I7). */
export function expectSound(world: FakeWorld): void {
  expectUnseen(world);
  const { tasks, events } = world.ports.tasks;
  const eventsOf = Map.groupBy(events, ({ of }) => of);
  for (const { path, status, leases, expiresAt } of tasks.values()) {
    const own = eventsOf.get(path) ?? [];
    expect(isWholeChain(own), `the chain of ${path}`).toBe(true);
    const endings = own.filter(({ type }) => type === "task.ended");
    expect(endings.length, `endings of ${path}, which is ${status}`).toBe(status === "active" ? 0 : 1);
    for (const { name, fenceAt } of leases) expect(fenceAt, `fence of ${path} ${name}`).toBeLessThanOrEqual(expiresAt);
  }
  const listed = new Set([...tasks.values()].flatMap(({ leases }) => leases.flatMap(keyIdsOf)));
  const lost = [...world.ports.tasks.confirmed].filter((keyId) => !listed.has(keyId));
  expect(lost, "keys that were handed out and that no task lists").toEqual([]);
  const addresses = [...world.ports.agents.agents.values()].flatMap(({ owner }) => (owner.includes("@") ? owner : []));
  const told = addresses.length === 0 ? "" : JSON.stringify([events, world.ports.agents.events]);
  expect(
    addresses.filter((address) => !address.includes("|") && told.includes(address)),
    "owners in journals",
  ).toEqual([]);
  expectTagsOfPeople(world);
  const unknown = world.lines.flatMap((line) => Object.keys(line)).filter((name) => !LOGGED.has(name));
  expect(unknown, "fields of log lines").toEqual([]);
}

/** Each session of a task for a person has the person's pseudonym, and no other session has one. */
function expectTagsOfPeople({ ports }: FakeWorld): void {
  const knows = new Set(ports.deployment.accounts.filter(({ personTag }) => personTag).map(({ id }) => id));
  for (const { path, account, personTag } of ports.sessions.asked) {
    const task = ports.tasks.tasks.get(path);
    if (!task) continue; // refused after STS was asked
    const isForPerson = task.onBehalf !== undefined && knows.has(account);
    expect(personTag, `tag of the person of ${path}`).toEqual(
      isForPerson ? expect.stringMatching(/^[A-Z2-7]{16}$/) : undefined,
    );
  }
}
