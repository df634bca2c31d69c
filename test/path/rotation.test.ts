import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { ROTATION_KINDS } from "../../functions/core/secrets/rotating-secret.ts";
import { rotate } from "../../functions/rotate/rotate.ts";
import { NAME, RotationWorld, type Step } from "../harness/rotation-world.ts";

const STEPS: readonly Step[] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

describe.each(ROTATION_KINDS)("a secret that is %s", (kind) => {
  const begun = () => {
    const world = new RotationWorld(kind);
    world.rotating.begin(NAME, "token");
    return world;
  };
  /** The switch itself is the one moment at which a single user's value is wrong, or a client's. */
  const holdsWithin = !["postgres-single", "oauth-client-secret"].includes(kind);

  it("gets another value that works", async () => {
    const world = begun();
    const before = world.rotating.current(NAME);
    await world.run();
    expect(world.rotating.current(NAME)).not.toBe(before);
    expect(world.works()).toBe(true);
    expect(world.works(before)).toBe(holdsWithin);
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
          // Expected at the end: an assertion that throws in the middle of a call would count as the call's failure.
          const broken: string[] = [];
          if (holdsWithin) world.watch = (call) => void (world.works() || broken.push(`${where}: around ${call}`));
          world.breakDown({ at, lost, lasts });
          await world.run().catch(() => undefined);
          world.mend();
          // With one user, or client, the way back can be lost too, where nothing can be reached for longer.
          if (holdsWithin || lasts === "once") expect(world.works(), where).toBe(true);
          await world.run();
          expect(world.works(), `${where}, after the second run`).toBe(true);
          expect(broken).toEqual([]);
          expect(JSON.stringify(await world.rotating.describe(NAME))).toContain('"token":["AWSPENDING","AWSCURRENT"]');
        }
  });

  it("shows nobody a value", async () => {
    const world = begun();
    const values = [world.rotating.current(NAME)];
    await world.run();
    values.push(world.rotating.current(NAME));
    await expect(world.step("setSecret", "another")).rejects.toThrow();
    const passwords = values.map((text) => {
      if (kind === "generated") return text;
      const { password, client_secret: secret } = JSON.parse(text);
      return password ?? secret;
    });
    expect(passwords).not.toContain(undefined);
    for (const password of passwords) expect(JSON.stringify(world.lines)).not.toContain(`"${password}"`);
    expect(world.lines.length).toBe(5);
  });

  it("is not touched under a token that Secrets Manager has not labelled", async () => {
    const world = new RotationWorld(kind);
    for (const step of STEPS)
      await expect(world.step(step, "made-up")).rejects.toMatchObject({ code: "connector_refused" });
    expect(Object.keys((await world.rotating.describe(NAME))?.versions ?? {})).toEqual(["first"]);
    // No rotation is requested by it either.
    expect(world.locks.events).toEqual([]);
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

describe.each(["postgres-single", "oauth-client-secret"] as const)(
  "a secret that a failed last step may have broken: %s",
  (kind) => {
    it("is gone on with by the minute's run, since nobody knows when Secrets Manager will", async () => {
      const world = new RotationWorld(kind);
      world.nowSeconds += 3_600;
      world.rotating.begin(NAME, "token");
      for (const step of STEPS.slice(0, 3)) await world.step(step);
      // The moment after the change, for as long as the run retries: nothing can be reached but valetkey's own record.
      const changed = kind === "postgres-single" ? "run" : "clients.update";
      let isDown = false;
      world.watch = (call) => {
        if (call === changed && !isDown) isDown = true;
        else if (isDown && !call.startsWith("locks.")) throw new Refusal("connector_unavailable");
      };
      await expect(world.step("finishSecret")).rejects.toThrow();
      world.watch = () => undefined;
      expect(world.locks.known.get(NAME)).toMatchObject({ askedAt: world.nowSeconds - 600 });
      world.nowSeconds += 60;
      await world.due();
      expect(world.rotating.started).toEqual(["token"]);
      await world.run();
      world.nowSeconds += 60;
      await world.due();
      expect(world.works()).toBe(true);
      expect(world.locks.events.map(({ type, facts }) => [type, facts.by])).toEqual([
        ["secret.rotation_asked", "rotate"],
        ["secret.rotated", "request"],
      ]);
      expect([world.rotating.started, world.locks.known.get(NAME)?.askedAt]).toEqual([["token"], undefined]);
    });
  },
);

describe("a client's secret", () => {
  const begun = () => {
    const world = new RotationWorld("oauth-client-secret");
    world.rotating.begin(NAME, "token");
    return world;
  };

  it("is issued once, whichever call is lost for how long: what a dead run was given is taken up by the next", async () => {
    const measured = begun();
    await measured.run();
    for (const lasts of ["once", "until it is mended"] as const)
      for (let at = 0; at < measured.calls; at += 1) {
        const world = begun();
        world.breakDown({ at, lost: "answer", lasts });
        await world.run().catch(() => undefined);
        world.mend();
        await world.run();
        expect(world.provider.issued.length, `answer ${at} lost ${lasts}`).toBe(1);
      }
  });

  it("preserves what is beside it, and may be text alone, or under another name", async () => {
    const cases = [
      [
        {},
        '{"client_id":"app","client_secret":"canary-first-secret","scope":"a"}',
        /^\{"client_id":"app","client_secret":"canary-[0-9a-f]{32}","scope":"a"\}$/,
      ],
      [{}, "canary-first-secret", /^canary-[0-9a-f]{32}$/],
      [{ field: "key" }, '{"key":"canary-first-secret"}', /^\{"key":"canary-[0-9a-f]{32}"\}$/],
    ] as const;
    for (const [tags, text, expected] of cases) {
      const world = new RotationWorld("oauth-client-secret");
      world.rotating.add({ name: NAME, kind: "oauth-client-secret", ...tags }, text);
      world.rotating.begin(NAME, "token");
      await world.run();
      expect(world.rotating.current(NAME)).toMatch(expected);
    }
  });

  it.each([
    ["another client's", '{"client_id":"victim","client_secret":"canary-first-secret"}'],
    ["without the field", '{"client_id":"app"}'],
  ])("is not touched where the value is %s", async (_, text) => {
    const world = new RotationWorld("oauth-client-secret");
    world.rotating.add({ name: NAME, kind: "oauth-client-secret" }, text);
    world.rotating.begin(NAME, "token");
    await expect(world.run()).rejects.toMatchObject({ code: "connector_refused" });
    expect([world.provider.issued, world.rotating.current(NAME)]).toEqual([[], text]);
  });

  it("is written into the secret that the configuration names, and into no other, whoever tags that", async () => {
    const world = new RotationWorld("oauth-client-secret");
    const thief = { name: "thief/notes", kind: "oauth-client-secret" } as const;
    world.rotating.add(thief, '{"client_id":"app","client_secret":"x"}');
    world.rotating.begin(thief.name, "token");
    for (const Step of STEPS)
      await expect(rotate({ Step, SecretId: thief.name, ClientRequestToken: "token" }, world.ports)).rejects.toThrow();
    expect([world.provider.issued, world.rotating.current(thief.name)]).toEqual([
      [],
      '{"client_id":"app","client_secret":"x"}',
    ]);
  });

  it("stays in force where the provider issues no other, or would change its registration access token when it is read", async () => {
    const [still, changing] = [begun(), begun()];
    still.provider.issues = false;
    changing.provider.isTokenKept = false;
    for (const world of [still, changing]) {
      await expect(world.run()).rejects.toMatchObject({ code: "connector_refused" });
      expect([world.works(), world.provider.issued]).toEqual([true, []]);
    }
  });

  it("is in force though the provider gives another registration access token with it, and that is a failure", async () => {
    const world = begun();
    const { provider } = world;
    const update = provider.update.bind(provider);
    provider.update = async (...given) => {
      const issued = await update(...given);
      provider.isTokenKept = false;
      return { ...issued, isTokenKept: false };
    };
    await expect(world.run()).rejects.toMatchObject({
      detail: { why: expect.stringContaining("registration access token") },
    });
    expect(world.works()).toBe(true);
  });

  it("that somebody has changed at the provider by hand is taken up: the secret works again", async () => {
    const world = begun();
    world.provider.secret = "canary-by-hand";
    await world.run();
    expect([world.works(), world.provider.issued]).toEqual([true, []]);
  });

  it("that somebody changes at the provider in the middle of a rotation works again after the next one", async () => {
    const world = begun();
    for (const step of STEPS.slice(0, 3)) await world.step(step);
    const put = world.rotating.putPending.bind(world.rotating);
    world.rotating.putPending = async (...given) => {
      await put(...given);
      world.provider.secret = "canary-by-hand";
    };
    await expect(world.step("finishSecret")).rejects.toMatchObject({ code: "connector_refused" });
    world.rotating.putPending = put;
    await expect(world.run()).rejects.toMatchObject({ code: "connector_refused" });
    world.rotating.begin(NAME, "again");
    await world.run("again");
    expect(world.works()).toBe(true);
  });

  it("that is finished already is distinct from one that has changed since", async () => {
    const world = begun();
    await world.run();
    await world.step("finishSecret");
    world.provider.secret = "canary-by-hand";
    await expect(world.step("finishSecret")).rejects.toMatchObject({ code: "connector_refused" });
  });
});

describe("a generated secret", () => {
  it.each([
    ["of its tag's shape", { generate: "hex/32" }, "old", /^[0-9a-f]{32}$/],
    ["with 256 bits, unless its tag has another number", {}, "old", /^[0-9A-Za-z]{43}$/],
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
    ["a tag with too little in it", { generate: "hex/8" }, "old"],
    ["an empty tag", { generate: "letters/32" }, "old"],
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
