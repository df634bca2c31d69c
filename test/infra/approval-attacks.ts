import { marshall } from "@aws-sdk/util-dynamodb";
import type { FunctionName } from "../../contract/names.ts";
import { rootOf, type TaskPath } from "../../functions/core/task-path.ts";
import { KINDS } from "../../functions/names.ts";
import type { ApprovingCloud, Waiting } from "../contract/approving-cloud.ts";
import type { Item, Thief } from "./thief.ts";

/**
 * A waiting request, with the material of an attack on it: the thief has read all of it, and each token of its people.
 */
export interface Scene {
  readonly cloud: ApprovingCloud;
  readonly agent: string;
  /** Registration of the agent, as the exchange believes it. */
  readonly agentFacts: Item;
  readonly held: Waiting;
  /** Another waiting request of the same agent. The agent sends it at the first call. */
  readonly other: () => Promise<Waiting>;
  /** A task whose approval was used, and the use. */
  readonly used: { readonly task: Item; readonly use: Item };
  hashOf(waiting: Waiting): Promise<string>;
  /** Has a person approve, by a sign-in of their own. */
  approve(person: string, waiting: Waiting): Promise<void>;
  /** Makes the ID token of a person of `sre` who has just signed in, as their own issuer does. */
  token(person: string, nonce: string, claims?: Item): Promise<string>;
}

/** A way to a key that nobody approved. */
export interface Attack {
  readonly name: string;
  /** Object that the agent requests, in `published/` unless given: one of `sre` approves it there. */
  readonly folder?: string;
  /** Honest acts before it. */
  readonly before?: (scene: Scene) => Promise<unknown>;
  /** Writes with the thief's keys. @returns whether IAM let any of it. */
  readonly write: (thief: Thief, scene: Scene) => Promise<boolean>;
  /** Code by which the exchange refuses the poll, for each function whose keys can write this. IAM stops every other. */
  readonly stopped: Partial<Record<FunctionName, string>>;
  /** Person whose honest vote brings the key all the same; nobody where the request is over. */
  readonly keyBy?: string;
}

export const keyOf = (id: string) => marshall({ pk: `${KINDS.task}${rootOf(id as TaskPath)}`, sk: id });

const [BOB, CAROL, ALICE] = ["person:bob", "person:carol", "person:alice"];
const PENDING = "authorization_pending";

/** The functions that may change a task's record, with the code by which a changed one is refused. */
const writersOfTasks = (code: string): Attack["stopped"] =>
  Object.fromEntries(["tasks", "operate", "recheck", "sweep", "intake", "revoke-leases"].map((name) => [name, code]));

const any = async (...writes: readonly Promise<boolean>[]): Promise<boolean> =>
  (await Promise.all(writes)).includes(true);

const ofApproval = (id: string, sk: string, fields: Item): Item => ({ ...fields, pk: `${KINDS.approval}${id}`, sk });

/** Attacks with an item of the approval, which the exchange alone writes. */
const OF_THE_APPROVAL: readonly Attack[] = [
  {
    name: "says that it was used",
    write: async (thief, { held, hashOf, used: { use } }) =>
      any(
        thief.write(ofApproval(held.approval, "USED", use)),
        thief.write(ofApproval(held.approval, "USED", { ...use, task: held.id, hash: await hashOf(held) })),
      ),
    stopped: {},
    keyBy: BOB,
  },
  {
    name: "puts a request that asks nobody in the record's place",
    write: (thief, { held }) =>
      thief.write(ofApproval(held.approval, "REQUEST", { record: JSON.stringify({ id: held.approval, needed: [] }) })),
    stopped: {},
    keyBy: BOB,
  },
  {
    name: "says that it is void",
    write: (thief, { held }) => thief.write(ofApproval(held.approval, "VOID", { at: 1, changed: [] })),
    stopped: {},
    keyBy: BOB,
  },
  {
    name: "makes its own key verify seals",
    write: (thief) => thief.write({ pk: KINDS.seal, sk: "KEYS", keys: [] }),
    stopped: {},
    keyBy: BOB,
  },
  {
    name: "takes back that a sign-in was used",
    write: (thief) => thief.remove(marshall({ pk: `${KINDS.replay}VOTE#staff|${BOB}`, sk: "1" })),
    stopped: {},
    keyBy: BOB,
  },
];

/**
 * Attacks on the stored votes, which `approve` alone writes. They fail since the exchange verifies each token by
 * itself.
 */
const OF_THE_VOTES: readonly Attack[] = [
  voted("stores a token that its issuer did not sign", async ({ held, hashOf, token }) => {
    const hash = await hashOf(held);
    const [header, , signature] = (await token(BOB, "another")).split(".");
    const [, payload] = (await token(BOB, hash)).split(".");
    return { token: [header, payload, signature].join("."), hashes: [hash] };
  }),
  voted("stores a vote on another request, as one on this", async ({ held, other, hashOf, token }) => ({
    token: await token(BOB, await hashOf(await other())),
    hashes: [await hashOf(held)],
  })),
  voted("stores a vote on another request, as the batch of both", async ({ held, other, hashOf, token }) => ({
    token: await token(BOB, await hashOf(await other())),
    hashes: [await hashOf(held), await hashOf(await other())],
  })),
  voted("stores the genuine vote of a member of the group whom Cedar does not permit to approve", (scene) =>
    overThis(scene, BOB, { groups: ["sre"] }),
  ),
  voted("stores the genuine vote of one who is in no group that is asked", (scene) =>
    overThis(scene, CAROL, { groups: ["security", "valetkey-approvers"] }),
  ),
  voted("stores the genuine vote of who owns and registered the agent", (scene) => overThis(scene, ALICE)),
  voted("stores a sign-in to the console over the request", (scene) =>
    overThis(scene, BOB, { aud: "valetkey-console" }),
  ),
  voted("stores a silent sign-in over the request, which is older", (scene) => overThis(scene, BOB, { auth_time: 1 })),
  voted("stores a token of the agents' issuer over the request", async ({ cloud, held, hashOf }) => {
    const hash = await hashOf(held);
    const groups = ["sre", "valetkey-approvers"];
    const claims = { sub: BOB, aud: "valetkey-approvals", nonce: hash, auth_time: nowSeconds(), groups };
    return { token: await cloud.cloud.agents.mint(claims), hashes: [hash] };
  }),
  {
    name: "stores one person twice, where two are asked",
    folder: "twice",
    before: ({ approve, held }) => approve(BOB, held),
    write: async (thief, scene) => thief.write(storedAs(scene.held, "person:zoe", await overThis(scene, BOB))),
    stopped: { approve: PENDING },
    keyBy: CAROL,
  },
  {
    name: "has the sign-in of a vote that was used vote again",
    before: async ({ cloud, approve, other }) => {
      const second = await other();
      await approve(BOB, second);
      if (!(await cloud.poll(second)).key) throw new Error("the other request was not vended");
    },
    write: async (thief, scene) => {
      const stored = storedAs(await scene.other(), BOB, { token: "", hashes: [] });
      if (!(await thief.reads(stored))) return thief.write(storedAs(scene.held, BOB, await overThis(scene, BOB)));
      const { token } = await thief.read(marshall({ pk: stored.pk, sk: stored.sk }));
      const { auth_time: time } = JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString());
      return thief.write(storedAs(scene.held, BOB, await overThis(scene, BOB, { auth_time: time })));
    },
    stopped: { approve: PENDING },
    keyBy: CAROL,
  },
  {
    name: "takes back a denial, or writes a vote over it",
    before: async ({ cloud, approve, held }) => {
      await approve(BOB, held);
      await cloud.voting.deny(CAROL, held.approval, "not today");
    },
    write: async (thief, scene) => {
      const place = { pk: `${KINDS.vote}${scene.held.approval}`, sk: "OUTCOME" };
      const vote = storedAs(scene.held, CAROL, await overThis(scene, CAROL));
      return any(thief.remove(marshall(place)), thief.write({ ...vote, ...place, decision: "approved" }));
    },
    stopped: { approve: "approval_denied" },
  },
];

/**
 * Attacks on the task's record, which every function that ends tasks may change. The seal and the list of live tasks
 * stop them.
 */
const OF_THE_TASK: readonly Attack[] = [
  recorded("takes the approval out of the record", () => ({ approval: null })),
  recorded("names an approval that was used", ({ used: { task } }) => ({ approval: task.approval })),
  recorded("gives it a lease", ({ used: { task } }) => ({ leases: task.leases })),
  recorded("gives it a lease and takes the approval out", ({ used: { task } }) => ({
    leases: task.leases,
    approval: null,
  })),
  recorded("puts the record of the used task in its place", ({ held, used: { task } }) => {
    const { pk: _pk, sk: _sk, chain: _chain, tokens: _tokens, ...fields } = task;
    return { ...fields, path: held.id };
  }),
  recorded("asks for what nobody was asked about", ({ used: { task } }) => ({ details: task.details })),
  recorded("has it wait for years", () => ({ expiresAt: nowSeconds() + 1e8 })),
  {
    name: "sets a cancelled task back, with all its votes",
    before: async ({ cloud, approve, held }) => {
      await approve(BOB, held);
      await cloud.complete({ ...held, ...NO_KEY });
    },
    write: (thief, { agent, held }) =>
      any(
        thief.set(keyOf(held.id), { status: "active", outcome: null }),
        thief.write({ pk: `${KINDS.live}${agent}`, sk: `TASK#${held.id}`, openedAt: 1, expiresAt: nowSeconds() + 900 }),
      ),
    stopped: writersOfTasks("task_ended"),
  },
  {
    name: "sets a task back that had its key and ended",
    before: async ({ cloud, approve, held }) => {
      await approve(BOB, held);
      if (!(await cloud.poll(held)).key) throw new Error("it was not vended");
      await cloud.complete({ ...held, ...NO_KEY });
    },
    write: (thief, { held }) => thief.set(keyOf(held.id), { status: "active", outcome: null }),
    stopped: writersOfTasks("task_ended"),
  },
];

/**
 * The next event of the used task. Once that item exists, no change of the task can be recorded, not even its ending.
 */
export const nextEventOf = ({ task }: Scene["used"]): Item => {
  const { path, chain } = task as { readonly path: string; readonly chain: { readonly n: number } };
  const n = String(chain.n + 1).padStart(6, "0");
  return { pk: `${KINDS.journal}${rootOf(path as TaskPath)}`, sk: `${path}#EVENT#${n}`, kind: "EVENT" };
};

/** Attacks with the agent's registration, by which its owner and whoever shaped it may not approve. `register` alone writes it, and brings no vote by it. */
const OF_THE_AGENT: readonly Attack[] = [
  {
    name: "makes the agent somebody else's",
    write: async (thief, { agent, agentFacts }) => {
      const facts = JSON.stringify({ ...agentFacts, owner: `staff|${CAROL}`, shapers: [] });
      return any(
        thief.write({ pk: `${KINDS.active}${agent}`, sk: "ACTIVE", facts }),
        thief.write({ pk: `${KINDS.registration}${agent}`, sk: "REGISTRATION", facts }),
      );
    },
    stopped: { register: PENDING },
    keyBy: BOB,
  },
];

export const ATTACKS: readonly Attack[] = [...OF_THE_APPROVAL, ...OF_THE_VOTES, ...OF_THE_TASK, ...OF_THE_AGENT];

type Stored = { readonly token: string; readonly hashes: readonly string[] };

/** An attack that stores something as Bob's vote. */
function voted(name: string, stored: (scene: Scene) => Promise<Stored>): Attack {
  const write: Attack["write"] = async (thief, scene) => thief.write(storedAs(scene.held, BOB, await stored(scene)));
  return { name, write, stopped: { approve: PENDING }, keyBy: BOB };
}

/** An attack that changes the task's record, whose seal is not good then. */
function recorded(name: string, fields: (scene: Scene) => Item): Attack {
  const write: Attack["write"] = (thief, scene) => thief.set(keyOf(scene.held.id), fields(scene));
  return { name, write, stopped: writersOfTasks("subject_token_unknown"), keyBy: BOB };
}

const storedAs = ({ approval }: Waiting, person: string, stored: Stored): Item => ({
  pk: `${KINDS.vote}${approval}`,
  sk: `staff|${person}`,
  issuer: "staff",
  person,
  ...stored,
});

async function overThis({ held, hashOf, token }: Scene, person: string, claims: Item = {}): Promise<Stored> {
  const hash = await hashOf(held);
  return { token: await token(person, hash, claims), hashes: [hash] };
}

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
const NO_KEY = { accessKeyId: "", secretAccessKey: "", sessionToken: "" } as const;
