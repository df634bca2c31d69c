import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { CLOCK_MARGIN_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import { type Answer, FakeService, type Held } from "../fakes/world/service.ts";
import { ConnectedWorld, ORDERS, SITE } from "../harness/connected-world.ts";
import { seededNumbers } from "../harness/seeded-random.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { intentOf } from "../path/approvals/approving.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

/** Requests for each side: sessions, logins and tokens. */
const SIDES = {
  payroll: [intentOf("s3:GetObject"), JSON.stringify([ORDERS])],
  egress: [intentOf("s3:PutObject"), JSON.stringify([SITE])],
} as const;
type Side = keyof typeof SIDES;
/** Life of a token of GitHub; seconds. */
const TOKEN_SECONDS = 3_600;
const POLICIES = cedarOf([
  "permit (principal, action, resource);",
  '@label("payroll") permit (principal, action in [Action::"s3:GetObject", Action::"postgres:Select"], resource);',
  '@label("egress") permit (principal, action in [Action::"s3:PutObject", Action::"github:Read"], resource);',
]);
const WINDOW = 300;
/** Difference between the fastest clock of a process and the slowest; seconds. */
const APART = 5;
const STEPS = 100;

/** Key that somebody has, in true seconds. */
interface Key {
  readonly side: Side;
  readonly issued: number;
  /** Fence of a session; for what a connector issued, the moment from which its provider does not know it any more. */
  dead: number;
  /** True while the provider knows the credential; absent for sessions. */
  readonly isKnown?: () => boolean;
}

/** Oracle without holds: it knows each key that was handed out, AWS's clock, and what the providers know. */
function expectApart(keys: readonly Key[]): void {
  for (const one of keys)
    for (const other of keys) {
      if (one.side === other.side || other.issued < one.issued) continue;
      expect(other.issued, JSON.stringify({ one, other })).toBeGreaterThanOrEqual(
        one.dead + CLOCK_MARGIN_SECONDS + WINDOW - 2 * APART,
      );
    }
}

describe("I11: at no time is a key of one side inside its fence and window while the other side gets a key", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "whatever is opened, renewed, ended and revoked, by clocks five seconds apart (run %i)",
    async (run) => {
      const next = seededNumbers(`labels ${run}`);
      const pick = (most: number) => Math.floor(next() * most);
      const scope = run % 2 === 0 ? "agent" : "person";
      const one = new ConnectedWorld();
      const { world } = one;
      let isBroken = false;
      const before = () => {
        if (isBroken) throw new Refusal("connector_unavailable");
      };
      Object.assign(one.databases, { before });
      Object.assign(one.github, { before });
      const revoke = async () => {
        await one.sweep();
        await one.relay();
        await one.revokeLeases();
      };
      const deployment = {
        ...world.ports.deployment,
        conflicts: [{ a: "payroll", b: "egress", scope, windowSeconds: WINDOW }],
      } as const;
      const keys: Key[] = [];
      const holding: { held: Held; side: Side }[] = [];
      let vended = 0;
      const note = (side: Side, { status, body }: Answer, at: number, task: string) => {
        if (status !== 200) return;
        vended += 1;
        const [lease] = world.ports.tasks.tasks.get(task as never)?.leases ?? [];
        if (lease) keys.push({ side, issued: at, dead: lease.fenceAt });
        for (const { username, token } of body.credentials ?? []) {
          const isLogin = () => one.databases.logins.has(String(username));
          const isToken = () => one.github.live.has(String(token));
          const own = { side, issued: at, dead: Number.POSITIVE_INFINITY };
          if (username !== undefined) keys.push({ ...own, isKnown: isLogin });
          else if (token !== undefined) keys.push({ ...own, dead: at + TOKEN_SECONDS, isKnown: isToken });
        }
      };
      const bury = () => {
        for (const key of keys) if (key.isKnown?.() === false) key.dead = Math.min(key.dead, world.nowSeconds());
      };
      for (let step = 0; step < STEPS; step += 1) {
        world.pass(pick(4) === 0 ? pick(1_500) : pick(120));
        bury();
        // Outages last long enough for a login to outlive its own time.
        if (pick(isBroken ? 6 : 12) === 0) isBroken = !isBroken;
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
        switch (known === undefined ? 0 : pick(8)) {
          case 0:
          case 1: {
            const kind = pick(2);
            const form = { authorization_details: SIDES[side][kind] ?? "", task_ttl: kind === 0 ? "3600" : "600" };
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
          case 4:
          case 5:
            await revoke();
            break;
          default:
            if (known) await service.complete(known.held);
        }
        bury();
      }
      expect(vended).toBeGreaterThan(5);
      expect(new Set(keys.map((each) => each.side)).size).toBe(2);
      expect(keys.some(({ isKnown }) => isKnown)).toBe(true);
      expectApart(keys);
    },
  );
});
