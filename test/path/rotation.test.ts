import { describe, expect, it } from "vitest";
import { ROTATION_KINDS } from "../../functions/core/secrets/rotating-secret.ts";
import { rotate } from "../../functions/rotate/rotate.ts";
import { NAME, RotationWorld, type Step } from "../fakes/rotation-world.ts";

const STEPS: readonly Step[] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

describe.each(ROTATION_KINDS)("a secret that is %s", (kind) => {
  const begun = () => {
    const world = new RotationWorld(kind);
    world.rotating.begin(NAME, "token");
    return world;
  };
  /** The switch itself is the one moment at which a single user's value is wrong. */
  const holdsWithin = kind !== "postgres-single";

  it("gets another value that works", async () => {
    const world = begun();
    const before = world.rotating.current(NAME);
    await world.run();
    expect(world.rotating.current(NAME)).not.toBe(before);
    expect(world.works()).toBe(true);
    expect(world.works(before)).toBe(kind !== "postgres-single");
  });

  it("is rotated once, whichever step is done again, and however late", async () => {
    const world = begun();
    const before = world.rotating.current(NAME);
    for (const [index] of STEPS.entries()) {
      for (const step of STEPS.slice(0, index + 1)) await world.step(step);
      expect(world.works()).toBe(true);
    }
    const after = world.rotating.current(NAME);
    expect(after).not.toBe(before);
    await world.run();
    expect(world.rotating.current(NAME)).toBe(after);
  });

  it("has one value after two runs at once, and it works", async () => {
    const world = begun();
    for (const step of STEPS) {
      await Promise.all([world.step(step), world.step(step), world.step(step)]);
      expect(world.works()).toBe(true);
    }
  });

  it("works before, between and after every step, whichever call of whichever step is lost, and a second run ends well", async () => {
    const measured = begun();
    await measured.run();
    expect(measured.calls).toBeGreaterThan(8);
    for (const lost of ["call", "answer"] as const)
      for (const lasts of ["once", "until it is mended"] as const)
        for (let at = 0; at < measured.calls; at += 1) {
          const world = begun();
          const where = `${lost} ${at} lost ${lasts}`;
          // Told afterwards: what is thrown in the middle of a call would be taken for its failure.
          const broken: string[] = [];
          if (holdsWithin) world.watch = (call) => void (world.works() || broken.push(`${where}: around ${call}`));
          world.breakDown({ at, lost, lasts });
          await world.run().catch(() => undefined);
          world.mend();
          // With one user the way back can be lost too, where nothing can be reached for longer.
          if (holdsWithin || lasts === "once") expect(world.works(), where).toBe(true);
          await world.run();
          expect(world.works(), `${where}, after the second run`).toBe(true);
          expect(broken).toEqual([]);
          expect(JSON.stringify(await world.rotating.describe(NAME))).toContain('"token":["AWSPENDING","AWSCURRENT"]');
        }
  });

  it("tells nobody a value", async () => {
    const world = begun();
    const values = [world.rotating.current(NAME)];
    await world.run();
    values.push(world.rotating.current(NAME));
    await expect(world.step("setSecret", "another")).rejects.toThrow();
    const passwords = values.map((text) => (kind === "generated" ? text : JSON.parse(text).password));
    for (const password of passwords) expect(JSON.stringify(world.lines)).not.toContain(`"${password}"`);
    expect(world.lines.length).toBe(5);
  });

  it("is not touched under a token that Secrets Manager has not labelled", async () => {
    const world = new RotationWorld(kind);
    for (const step of STEPS)
      await expect(world.step(step, "made-up")).rejects.toMatchObject({ code: "connector_refused" });
    expect(Object.keys((await world.rotating.describe(NAME))?.versions ?? {})).toEqual(["first"]);
  });
});

describe("a secret with two users", () => {
  it("is in force under one and the other in turn; the old login works until the rotation after that", async () => {
    const world = new RotationWorld("postgres-alternating");
    const seen = [world.rotating.current(NAME)];
    for (const token of ["one", "two", "three"]) {
      world.rotating.begin(NAME, token);
      await world.run(token);
      seen.push(world.rotating.current(NAME));
    }
    expect(seen.map((text) => JSON.parse(text).username)).toEqual(["app", "app_clone", "app", "app_clone"]);
    expect(seen.map((text) => world.works(text))).toEqual([false, false, true, true]);
    expect(JSON.parse(seen[3] ?? "").engine).toBe("postgres");
  });

  it("gives nobody another user's password: whoever writes the value cannot choose whom the administrator is at", async () => {
    for (const username of ["keeper", "keeper_clone", "victim", "app_clone_clone", "APP"]) {
      const world = new RotationWorld("postgres-alternating");
      world.server.add("victim", "canary-victim");
      const users = new Map(world.server.users);
      world.rotating.put(NAME, JSON.stringify({ username, password: "x" }), "by-hand");
      world.rotating.begin(NAME, "token");
      await expect(world.run()).rejects.toMatchObject({ code: "connector_refused" });
      expect(world.server.users).toEqual(users);
    }
  });

  it("gives up a pending value that would change the user in force, and begins anew", async () => {
    const world = new RotationWorld("postgres-alternating");
    world.rotating.begin(NAME, "token");
    await world.step("createSecret");
    await world.step("setSecret");
    // Somebody puts the other user in force by hand.
    world.server.add("app_clone", "by-hand");
    world.rotating.put(NAME, JSON.stringify({ username: "app_clone", password: "by-hand" }), "by-hand");
    await expect(world.step("setSecret")).rejects.toMatchObject({ code: "connector_refused" });
    await expect(world.run()).rejects.toMatchObject({ code: "connector_refused" });
    expect(world.works()).toBe(true);
    world.rotating.begin(NAME, "again");
    await world.run("again");
    expect(JSON.parse(world.rotating.current(NAME)).username).toBe("app");
    expect(world.works()).toBe(true);
  });
});

describe("a secret with one user", () => {
  it("is mended by the next run where the answer about the switch was lost for long and the password was put back", async () => {
    const world = new RotationWorld("postgres-single");
    const first = JSON.parse(world.rotating.current(NAME));
    world.rotating.begin(NAME, "token");
    await world.run();
    world.server.add("app", first.password);
    expect(world.works()).toBe(false);
    await world.run();
    expect(world.works()).toBe(true);
  });

  it("is not moved to a login that the server refuses", async () => {
    const world = new RotationWorld("postgres-single");
    world.rotating.begin(NAME, "token");
    await world.step("createSecret");
    world.server.add("app", "changed by hand");
    for (const step of STEPS.slice(1))
      await expect(world.step(step)).rejects.toMatchObject({ code: "connector_refused" });
    expect((await world.rotating.describe(NAME))?.versions.first).toContain("AWSCURRENT");
  });
});

describe("a generated secret", () => {
  it.each([
    ["as its tag says", { generate: "hex/32" }, "old", /^[0-9a-f]{32}$/],
    ["with 256 bits, unless its tag says otherwise", {}, "old", /^[0-9A-Za-z]{43}$/],
    ["in its JSON", {}, '{"user":"u","password":"p"}', /^\{"user":"u","password":"[0-9A-Za-z]{43}"\}$/],
    ["in the field that its tag names", { field: "key" }, '{"key":"k","id":1}', /^\{"key":"[0-9A-Za-z]{43}","id":1\}$/],
  ])("is made %s", async (_title, tags, text, expected) => {
    const world = new RotationWorld("generated");
    world.rotating.add({ name: "g", kind: "generated", ...tags }, text);
    world.rotating.begin("g", "token");
    for (const Step of STEPS) {
      await rotate({ Step, SecretId: "g", ClientRequestToken: "token" }, world.ports);
    }
    expect(world.rotating.current("g")).toMatch(expected);
  });

  it.each([
    ["a tag that says too little", { generate: "hex/8" }, "old"],
    ["a tag that says nothing", { generate: "letters/32" }, "old"],
    ["JSON without the field", { field: "key" }, '{"password":"p"}'],
  ])("is not made from %s", async (_title, tags, text) => {
    const world = new RotationWorld("generated");
    world.rotating.add({ name: NAME, kind: "generated", ...tags }, text);
    world.rotating.begin(NAME, "token");
    await expect(world.run()).rejects.toMatchObject({ code: "connector_refused" });
    expect(world.rotating.current(NAME)).toBe(text);
  });
});

it.each([
  undefined,
  null,
  "createSecret",
  {},
  { mode: "all" },
  { Step: "toString", SecretId: NAME, ClientRequestToken: "token" },
  { Step: "createSecret", SecretId: 1, ClientRequestToken: "token" },
  { Step: "createSecret", SecretId: "unknown", ClientRequestToken: "token" },
])("an event that is no step of ours changes nothing: %j", async (event) => {
  const world = new RotationWorld("generated");
  await expect(rotate(event, world.ports)).rejects.toThrow();
  expect(world.rotating.current(NAME)).toBe("first");
});
