import { describe, expect, it } from "vitest";
import { CLOCK_MARGIN_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import { type Answer, FakeService, type Held } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { seededNumbers } from "../harness/seeded-random.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { intentOf } from "../path/approvals/approving.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const SIDES = {
  payroll: { authorization_details: intentOf("s3:GetObject"), task_ttl: "3600" },
  egress: { authorization_details: intentOf("s3:PutObject"), task_ttl: "3600" },
} as const;
type Side = keyof typeof SIDES;
const POLICIES = cedarOf([
  "permit (principal, action, resource);",
  '@label("payroll") permit (principal, action == Action::"s3:GetObject", resource);',
  '@label("egress") permit (principal, action == Action::"s3:PutObject", resource);',
]);
const WINDOW = 300;
/** Difference between the fastest clock of a process and the slowest; seconds. */
const APART = 5;
const STEPS = 60;

/** Key that somebody has, in true seconds. */
interface Key {
  readonly side: Side;
  readonly issued: number;
  readonly fence: number;
}

/** Oracle without holds: it knows each key that was handed out, and AWS's clock. */
function expectApart(keys: readonly Key[]): void {
  for (const one of keys)
    for (const other of keys) {
      if (one.side === other.side || other.issued < one.issued) continue;
      expect(other.issued, JSON.stringify({ one, other })).toBeGreaterThanOrEqual(
        one.fence + CLOCK_MARGIN_SECONDS + WINDOW - 2 * APART,
      );
    }
}

describe("I11: at no time is a key of one side inside its fence and window while the other side gets a key", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "whatever is opened, renewed and ended, by clocks five seconds apart (run %i)",
    async (run) => {
      const next = seededNumbers(`labels ${run}`);
      const pick = (most: number) => Math.floor(next() * most);
      const scope = run % 2 === 0 ? "agent" : "person";
      const world = fakeWorld();
      const deployment = {
        ...world.ports.deployment,
        conflicts: [{ a: "payroll", b: "egress", scope, windowSeconds: WINDOW }],
      } as const;
      const keys: Key[] = [];
      const holding: { held: Held; side: Side }[] = [];
      let vended = 0;
      const note = (side: Side, { status }: Pick<Answer, "status">, at: number, task: string) => {
        if (status !== 200) return;
        vended += 1;
        const [lease] = world.ports.tasks.tasks.get(task as never)?.leases ?? [];
        keys.push({ side, issued: at, fence: lease?.fenceAt ?? 0 });
      };
      for (let step = 0; step < STEPS; step += 1) {
        world.pass(pick(4) === 0 ? pick(1_500) : pick(120));
        const at = world.nowSeconds();
        const skewMs = pick(2 * APART * 1_000) - APART * 1_000;
        const service = new FakeService(world, {
          ...world.ports,
          deployment,
          policies: POLICIES,
          clock: { nowMs: () => world.ports.clock.nowMs() + skewMs },
        });
        const side: Side = pick(2) === 0 ? "payroll" : "egress";
        const known = holding[pick(holding.length || 1)];
        switch (known === undefined ? 0 : pick(5)) {
          case 0:
          case 1: {
            const form = SIDES[side];
            const answer =
              scope === "person" ? await service.exchangeFor(world.personToken(), form) : await service.exchange(form);
            const { task, access_token: token } = answer.body;
            if (task && token) holding.push({ held: { id: task.id, token } as Held, side });
            note(side, answer, at, task?.id ?? "");
            break;
          }
          case 2:
          case 3:
            if (known) note(known.side, await service.renew(known.held), at, known.held.id);
            break;
          default:
            if (known) await service.complete(known.held);
        }
      }
      expect(vended).toBeGreaterThan(5);
      expect(new Set(keys.map((each) => each.side)).size).toBe(2);
      expectApart(keys);
    },
  );
});
