import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderRevocations } from "../../functions/core/revocation/render.ts";
import { ACCOUNT } from "../fakes/fake-world.ts";
import { bodyOf, Triggers } from "../fakes/triggers.ts";

const ROLES = [0, 1, 2, 3].map((index) => ({ account: ACCOUNT, role: `valetkey-task-${index}` }));
/** How long the queue gives a role to nobody else once it has handed it out and heard no good of it; more than any request is on its way. */
const VISIBILITY_SECONDS = 180;

/** What befalls a run of the reconciler, and when what it wrote lands: never, at once, or so many seconds later. */
const fate = fc.record({
  does: fc.constantFrom("nothing", "start", "end", "suspend", "resume"),
  runs: fc.constantFrom("well", "well", "dies before it reads", "dies before it writes", "stalls"),
  landsAfter: fc.constantFrom(undefined, 0, 5, 150),
  isHeard: fc.boolean(),
  passes: fc.integer({ min: 0, max: 90 }),
});

describe("I5: a writer that stalls, dies or lands late, wherever it does", () => {
  it("is healed by the next render that goes well; until then the policy is one that the record once asked for", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 15 }), async (fates) => {
        const triggers = new Triggers();
        const { service, revocations } = triggers;
        const { world } = service;
        const held: { id: string; token: string }[] = [];
        const blockedUntil = new Map<string, number>();
        const landing: { at: number; role: string; text: string | undefined }[] = [];
        const asked = new Set<string | undefined>([undefined]);
        const land = () => {
          for (const each of landing.splice(0)) {
            if (each.at > world.nowSeconds()) landing.push(each);
            else if (each.text === undefined) revocations.texts.delete(each.role);
            else revocations.texts.set(each.role, each.text);
          }
        };
        for (const { does, runs, landsAfter, isHeard, passes } of fates) {
          if (does === "start") held.push(await service.start().catch(() => ({ id: "", token: "" })));
          if (does === "end" && held[0]?.id) await service.complete(held.shift() ?? { id: "", token: "" });
          if (does === "suspend") await service.suspend();
          if (does === "resume")
            await service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } });
          land();
          for (const role of ROLES) {
            const name = `${role.account}/${role.role}`;
            if (world.nowSeconds() < (blockedUntil.get(name) ?? 0)) continue;
            revocations.before = (method) => {
              if (runs === "dies before it reads" && method === "read") throw new Error("killed");
              if (runs === "dies before it writes" && method === "write") throw new Error("killed");
            };
            const write = revocations.write.bind(revocations);
            revocations.write = async (where, text) => {
              asked.add(text);
              if (runs !== "stalls") return write(where, text);
              if (landsAfter !== undefined) landing.push({ at: world.nowSeconds() + landsAfter, role: name, text });
              if (landsAfter !== 0 || !isHeard) throw new Error("unknown");
            };
            const { batchItemFailures } = await triggers.reconcile([bodyOf(role)]);
            revocations.write = write;
            revocations.before = () => undefined;
            if (batchItemFailures.length > 0) blockedUntil.set(name, world.nowSeconds() + VISIBILITY_SECONDS);
            land();
            expect([...asked]).toContain(revocations.texts.get(name));
          }
          world.pass(passes);
        }
        world.pass(VISIBILITY_SECONDS);
        land();
        await triggers.sweep();
        await triggers.reconcile();
        for (const role of ROLES) {
          const snapshot = await world.ports.tasks.snapshot(role, world.nowSeconds());
          const agents = await world.ports.agents.haltList.list();
          const { text } = renderRevocations(snapshot, world.nowSeconds(), { agents });
          expect(revocations.texts.get(`${role.account}/${role.role}`)).toBe(text);
        }
      }),
      { numRuns: 60 },
    );
  });
});
