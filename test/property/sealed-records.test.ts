import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";

const TOOL = { type: "tool", server: "tickets", tools: ["search"] };
const AWS = {
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/*"],
};
const FORM = { authorization_details: JSON.stringify([AWS, TOOL]) };

/** A running root task with a child, and access to the stored records of both. */
async function running() {
  const service = new FakeService(fakeWorld());
  const parent = await service.start(FORM);
  const child = await service.startBelow(parent, { authorization_details: JSON.stringify([AWS]) });
  service.world.pass(15);
  const { tasks } = service.world.ports.tasks;
  const read = ({ id }: Held): Task => structuredClone(tasks.get(id) as Task);
  const write = ({ id }: Held, task: Task) => void tasks.set(id, task);
  return { service, parent, child, read, write };
}

/** Fields that a seal does not cover, since they change while the task lives. */
const FREE = new Set([
  "confirmed",
  "status",
  "endedAt",
  "outcome",
  "presentations",
  "delegations",
  "hasDelegated",
  "chain",
  "leases",
]);

/** The path of every leaf value in a task. */
function leavesOf(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return Object.entries(value).flatMap(([name, each]) =>
    leavesOf(each, [...at, Array.isArray(value) ? Number(name) : name]),
  );
}

function changed<T>(value: T, [name, ...rest]: readonly (string | number)[], change: (leaf: unknown) => unknown): T {
  if (name === undefined) return change(value) as T;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  copy[name] = changed(copy[name], rest, change);
  return copy as T;
}

const another = (leaf: unknown): unknown => (typeof leaf === "number" ? leaf + 1 : `${leaf}x`);

describe("the seal of a task's record (I1)", () => {
  it("makes a renewal of the task and of its child fail after any change of a sealed field", async () => {
    const { service, parent, child, read, write } = await running();
    const [own, below] = [read(parent), read(child)];
    expect(leavesOf(own).length).toBeGreaterThan(20);
    const places = leavesOf(own).filter(([name]) => !FREE.has(String(name)));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), async (place) => {
        write(parent, changed(own, place, another));
        write(child, below);
        const [direct, through] = [await service.renew(parent), await service.renew(child)];
        expect([direct.status, through.status], place.join(".")).not.toContain(200);
        expect(service.world.lines.at(-1)?.event).toBe("refused");
      }),
      { numRuns: 120 },
    );
    expect(service.world.lines.some(({ event, level }) => event === "seal_broken" && level === "error")).toBe(true);
    write(parent, own);
    expect((await service.renew(parent)).status).toBe(200);
  });

  it("covers the account and the role of each lease", async () => {
    const { service, parent, read, write } = await running();
    const own = read(parent);
    const [lease, ...leases] = own.leases;
    if (!lease) throw new Error("no lease");
    for (const place of [{ account: accountId("444455556666") }, { role: "valetkey-task-9" }]) {
      write(parent, { ...own, leases: [{ ...lease, ...place }, ...leases] });
      expect((await service.renew(parent)).status).toBe(401);
    }
  });

  it("breaks where a field is removed or added", async () => {
    const { service, child, read, write } = await running();
    const own = read(child);
    const { delegated: _, ...alone } = own;
    for (const task of [alone, { ...own, approvedBy: "nobody" }]) {
      write(child, task as Task);
      expect((await service.renew(child)).status).toBe(401);
    }
  });

  it("is not valid in another task's record", async () => {
    const { service, parent, read, write } = await running();
    const other = await service.start(FORM);
    service.world.pass(15);
    write(other, { ...read(other), seal: read(parent).seal });
    expect((await service.renew(other)).status).toBe(401);
    write(other, { ...read(parent), path: read(other).path, tokens: read(other).tokens });
    expect((await service.renew(other)).status).toBe(401);
  });

  it("admits no token that somebody adds to the record, whatever seal the token has", async () => {
    const { service, parent, read, write } = await running();
    const own = read(parent);
    const other = await service.start(FORM);
    const { hash = "" } = read(other).tokens[0] ?? {};
    const shown = { id: parent.id, token: other.token.replace(other.id, parent.id) };
    const { hashToken } = await import("../../functions/core/tasks/token.ts");
    for (const seal of [undefined, own.seal, read(other).seal, ""]) {
      const token = { hash: hashToken(shown.token), ...(seal === undefined ? {} : { seal }) };
      write(parent, { ...own, tokens: [...own.tokens, token, { hash }] });
      expect((await service.renew(shown)).status).toBe(401);
      write(parent, { ...own, tokens: [token, ...own.tokens] });
      expect((await service.renew(shown)).status).toBe(401);
    }
    write(parent, own);
    expect((await service.renew(parent)).status).toBe(200);
  });
});

describe("a repeat under an idempotency key", () => {
  it("seals its further token, and neither token's seal fits the other", async () => {
    const { service, read, write } = await running();
    const form = { ...FORM, idempotency_key: "run-1" };
    const first = await service.start(form);
    service.world.pass(15);
    const again = await service.start(form);
    service.world.pass(15);
    expect(again.id).toBe(first.id);
    expect((await service.renew(again)).status).toBe(200);
    service.world.pass(15);
    const own = read(first);
    const [one, two] = own.tokens;
    if (!one || !two) throw new Error("no two tokens");
    for (const tokens of [[two, one], [one, { hash: two.hash }], [two]]) {
      write(first, { ...own, tokens });
      expect((await service.renew(again)).status).toBe(401);
    }
  });
});
