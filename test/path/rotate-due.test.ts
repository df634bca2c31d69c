import { describe, expect, it } from "vitest";
import { isWholeChain } from "../../functions/core/journal/event.ts";
import { NAME, RotationWorld } from "../harness/rotation-world.ts";

const HOLDER = "k7f3m2q9x4ab.#secret-0";

/** A login that a task has had, whose value is older than ten minutes; it may be rotated from 300 s from now on. */
async function used(kind: "postgres-alternating" | "postgres-single" = "postgres-alternating") {
  const world = new RotationWorld(kind);
  world.nowSeconds += 3_600;
  const wanted = { name: NAME, arn: `${NAME}-arn`, rotates: true };
  await world.locks.take([wanted], HOLDER, world.nowSeconds + 900);
  const value = world.rotating.current(NAME);
  await world.locks.release([NAME], HOLDER, world.nowSeconds + 300);
  return { world, value };
}

/** Secrets Manager carries out the rotations that it has begun. */
async function goOn(world: RotationWorld): Promise<void> {
  for (const token of world.rotating.started.splice(0)) await world.run(token);
}

const statusOf = (world: RotationWorld) => world.locks.known.get(NAME)?.status;

describe("a secret that was used", () => {
  it("is left alone until the session that could read it is past its fence, clocks included", async () => {
    const { world } = await used();
    for (const seconds of [0, 299, 10]) {
      world.nowSeconds += seconds;
      await world.due();
      expect(world.rotating.started).toEqual([]);
    }
    world.nowSeconds += 1;
    await world.due();
    expect(world.rotating.started.length).toBe(1);
    expect(statusOf(world)).toBe("pending_rotation");
  });

  it.each(["postgres-alternating", "postgres-single"] as const)(
    "is free only when it was rotated and the used login opens nothing any more, nor what was opened with it: %s",
    async (kind) => {
      const { world, value } = await used(kind);
      world.nowSeconds += 310;
      await world.due();
      await goOn(world);
      expect(statusOf(world)).toBe("pending_rotation");
      world.nowSeconds += 60;
      await world.due();
      expect(statusOf(world)).toBe("free");
      expect([world.works(value), world.works()]).toEqual([false, true]);
      expect(world.server.ended).toEqual(["app"]);
      expect(world.rotating.started).toEqual([]);
      expect(world.locks.events.map(({ type, facts }) => [type, facts.by])).toEqual([["secret.rotated", "use"]]);
    },
  );

  it("is not freed by a value that its session could still read", async () => {
    const { world } = await used();
    // Secrets Manager's own schedule comes in the middle of the use.
    world.nowSeconds += 100;
    world.rotating.begin(NAME, "scheduled");
    await world.run("scheduled");
    const seen = world.rotating.current(NAME);
    world.nowSeconds += 210;
    await world.due();
    expect(statusOf(world)).toBe("pending_rotation");
    expect(world.rotating.started).toEqual([]);
    world.nowSeconds += 390;
    await world.due();
    await goOn(world);
    await world.due();
    expect(statusOf(world)).toBe("free");
    expect([world.works(seen), world.works()]).toEqual([false, true]);
  });

  it("waits until its value is ten minutes old, and reports the wait", async () => {
    const { world } = await used();
    world.nowSeconds += 250;
    world.rotating.put(NAME, world.rotating.current(NAME), "by-hand");
    for (const seconds of [60, 539]) {
      world.nowSeconds += seconds;
      await world.due();
      expect(world.lines.at(-1)).toMatchObject({ event: "rotation_due", outcome: "early" });
    }
    world.nowSeconds += 1;
    await world.due();
    expect(world.lines.at(-1)).toMatchObject({ outcome: "rotating" });
  });

  it("is rotated once, though the minute comes twice, and a stuck rotation is gone on with", async () => {
    const { world } = await used();
    world.nowSeconds += 310;
    await Promise.all([world.due(), world.due()]);
    world.nowSeconds += 60;
    await world.due();
    expect(new Set(world.rotating.started).size).toBe(1);
    await goOn(world);
    await Promise.all([world.due(), world.due()]);
    expect(statusOf(world)).toBe("free");
    expect(world.works()).toBe(true);
    expect(Object.keys((await world.rotating.describe(NAME))?.versions ?? {}).length).toBe(2);
  });

  it("is rotated after its hold ran out, where nobody has released it", async () => {
    const world = new RotationWorld("postgres-alternating");
    world.nowSeconds += 3_600;
    await world.locks.take([{ name: NAME, arn: "arn", rotates: true }], HOLDER, world.nowSeconds + 900);
    world.nowSeconds += 969;
    await world.due();
    expect(world.rotating.started).toEqual([]);
    world.nowSeconds += 1;
    await world.due();
    await goOn(world);
    await world.due();
    expect(statusOf(world)).toBe("free");
  });

  it("is free some minutes later and works, whichever call is lost, and never free before the used login is dead", async () => {
    const measured = await used();
    measured.world.nowSeconds += 310;
    const whole = async (world: RotationWorld) => {
      for (let minute = 0; minute < 2; minute += 1) {
        await world.due().catch(() => undefined);
        await goOn(world).catch(() => undefined);
        world.nowSeconds += 60;
      }
    };
    measured.world.calls = 0;
    await whole(measured.world);
    for (const lost of ["call", "answer"] as const)
      for (let at = 0; at < measured.world.calls; at += 1) {
        const { world, value } = await used();
        world.nowSeconds += 310;
        const broken: string[] = [];
        world.watch = (call) => {
          const isUsable = statusOf(world) === "free" && world.works(value);
          if (!world.works() || isUsable) broken.push(`${lost} ${at} lost: around ${call}`);
        };
        world.breakDown({ at, lost, lasts: "once" });
        await whole(world);
        world.mend();
        await whole(world);
        expect(statusOf(world), `${lost} ${at} lost`).toBe("free");
        expect([world.works(value), world.works()]).toEqual([false, true]);
        expect(broken).toEqual([]);
      }
  });

  it("does not block the others where it cannot be rotated at all", async () => {
    const { world } = await used();
    await world.locks.take([{ name: "gone", arn: "arn", rotates: true }], HOLDER, world.nowSeconds);
    await world.locks.release(["gone"], HOLDER, world.nowSeconds);
    world.nowSeconds += 310;
    await world.due();
    expect(world.lines.map(({ event, secret }) => `${event} ${secret}`).sort()).toEqual([
      `rotation_due ${NAME}`,
      "rotation_failed gone",
    ]);
  });
});

it("each has its turn within as many minutes as there are, though one that does not answer takes all the time there is", async () => {
  const world = new RotationWorld("generated");
  const names = ["a", "b", "c"];
  for (const name of names) {
    world.rotating.add({ name, kind: "generated" }, "old");
    await world.locks.take([{ name, arn: "arn", rotates: true }], HOLDER, 0);
  }
  world.nowSeconds += 3_600;
  world.watch = (call) => {
    if (call === "rotating.describe") world.nowSeconds += 20;
  };
  for (const _ of names) {
    await world.due();
    world.nowSeconds += 20;
  }
  expect(new Set(world.lines.map(({ secret }) => secret))).toEqual(new Set(names));
  expect(world.lines.length).toBe(3);
});

describe("the used login is not retired", () => {
  it("while another rotation is giving its user a new password", async () => {
    const { world } = await used();
    world.nowSeconds += 310;
    await world.due();
    await goOn(world);
    // The secret's own schedule begins the next rotation: the used user is the one that comes now.
    world.nowSeconds += 60;
    world.rotating.begin(NAME, "next");
    await world.step("createSecret", "next");
    await world.step("setSecret", "next");
    const users = new Map(world.server.users);
    await world.due();
    expect(world.server.users).toEqual(users);
    expect(statusOf(world)).toBe("pending_rotation");
    await world.step("testSecret", "next");
    await world.step("finishSecret", "next");
    world.nowSeconds += 60;
    await world.due();
    expect(statusOf(world)).toBe("free");
    expect(world.works()).toBe(true);
  });
});

describe("a requested rotation", () => {
  it.each(["postgres-alternating", "postgres-single"] as const)(
    "because an agent is gone is over only when what it knew opens nothing any more: %s",
    async (kind) => {
      const world = new RotationWorld(kind);
      world.nowSeconds += 3_600;
      const value = world.rotating.current(NAME);
      await world.locks.requestRotation({ name: NAME, arn: "arn", retires: true }, "staff:alice", world.nowSeconds);
      world.nowSeconds += 10;
      await world.due();
      await goOn(world);
      expect(world.locks.known.get(NAME)?.retired).toBeUndefined();
      await world.due();
      expect([world.works(value), world.works()]).toEqual([false, true]);
      const { retired, chain, askedAt, retires } = world.locks.known.get(NAME) ?? {};
      expect(retired).toEqual({ at: world.nowSeconds, event: 2, hash: chain?.hash });
      expect([askedAt, retires]).toEqual([undefined, undefined]);
    },
  );

  it("because an agent is gone is not over while what it knew cannot be retired", async () => {
    const world = new RotationWorld("postgres-alternating");
    world.nowSeconds += 3_600;
    await world.locks.requestRotation({ name: NAME, arn: "arn", retires: true }, "staff:alice", world.nowSeconds);
    world.nowSeconds += 10;
    await world.due();
    await goOn(world);
    world.watch = (call) => {
      if (call === "session") throw new Error("down");
    };
    await world.due().catch(() => undefined);
    expect(world.locks.known.get(NAME)).toMatchObject({ retires: true });
    world.watch = () => undefined;
    await world.due();
    expect(world.locks.known.get(NAME)?.retired).toBeDefined();
  });

  it("of a secret that valetkey does not rotate is declined once; where a task has used it, it goes on failing loudly", async () => {
    const world = new RotationWorld("generated");
    world.nowSeconds += 3_600;
    await world.locks.requestRotation({ name: "asked", arn: "arn", retires: true }, "staff:alice", world.nowSeconds);
    await world.locks.take([{ name: "used", arn: "arn", rotates: true }], HOLDER, world.nowSeconds);
    await world.locks.requestRotation({ name: "used", arn: "arn", retires: true }, "staff:alice", world.nowSeconds);
    world.nowSeconds += 100;
    for (const _ of [1, 2]) await world.due();
    expect(world.lines.map(({ event, secret, outcome }) => [event, secret, outcome]).sort()).toEqual([
      ["rotation_due", "asked", "declined"],
      ["rotation_failed", "used", undefined],
      ["rotation_failed", "used", undefined],
    ]);
    expect(world.locks.events.filter(({ type }) => type === "secret.rotation_declined")).toHaveLength(1);
  });

  it("of a secret that cannot be described at the moment is not declined: an outage is no answer", async () => {
    const world = new RotationWorld("generated");
    world.nowSeconds += 3_600;
    await world.locks.requestRotation({ name: NAME, arn: "arn", retires: true }, "staff:alice", world.nowSeconds);
    world.nowSeconds += 10;
    // The failure comes after the list of waiting secrets.
    world.breakDown({ at: 1, lost: "call", lasts: "once" });
    await world.due();
    expect(world.lines).toMatchObject([{ event: "rotation_failed" }]);
    expect(world.locks.known.get(NAME)).toMatchObject({ retires: true });
  });

  it("comes whoever holds the secret, and leaves the hold as it is", async () => {
    const world = new RotationWorld("postgres-alternating");
    world.nowSeconds += 3_600;
    await world.locks.take([{ name: NAME, arn: "arn", rotates: false }], HOLDER, world.nowSeconds + 9_000);
    await world.locks.requestRotation({ name: NAME, arn: "arn" }, "staff:alice", world.nowSeconds);
    await world.locks.requestRotation({ name: NAME, arn: "arn" }, "staff:bob", world.nowSeconds + 5);
    world.nowSeconds += 10;
    await world.due();
    await goOn(world);
    expect(world.locks.known.get(NAME)?.askedAt).toBeDefined();
    await world.due();
    expect(world.locks.known.get(NAME)).toMatchObject({ status: "held", holder: HOLDER });
    expect(world.locks.known.get(NAME)?.askedAt).toBeUndefined();
    expect(world.locks.events.map(({ type, facts }) => [type, facts.by])).toEqual([
      ["secret.rotation_asked", "staff:alice"],
      ["secret.rotated", "request"],
    ]);
    expect(isWholeChain(world.locks.events)).toBe(true);
  });
});
