import { marshall } from "@aws-sdk/util-dynamodb";
import type { FunctionName } from "../../contract/names.ts";
import { rootOf, type TaskPath } from "../../functions/core/task-path.ts";
import { KINDS } from "../../functions/names.ts";
import type { Item, Thief } from "./thief.ts";

/** Standing approval that was used once, with its agent. */
export interface Standing {
  readonly agent: string;
  /** Id of the approval. */
  readonly id: string;
  readonly request: Item;
  readonly use: Item;
  /** Place of the agent's pointer to its latest standing approval of the same. */
  readonly pointer: Item;
  /** Second of the sign-in by which Bob approved it. */
  readonly signIn: string;
}

/** Broken glass that nobody has reviewed. */
export interface Broken {
  readonly agent: string;
  readonly id: string;
  readonly use: Item;
  /** Place in the list of those to be reviewed. */
  readonly listed: Item;
  /** Place in the inbox of the group. */
  readonly told: Item;
}

export interface UsedScene {
  readonly standing: Standing;
  readonly glass: Broken;
}

/** Write by which somebody could have more of an approval that was used, or be rid of a review. */
export interface UseAttack {
  readonly name: string;
  /** @returns whether IAM let any of it. */
  readonly write: (thief: Thief, scene: UsedScene) => Promise<boolean>;
  /** Functions whose role's keys can write this. The test checks the consequence. */
  readonly allowed: readonly FunctionName[];
}

export const placeOf = ({ pk, sk }: Item) => marshall({ pk, sk });
const ofApproval = (id: string, sk: string, fields: Item = {}): Item => ({
  ...fields,
  pk: `${KINDS.approval}${id}`,
  sk,
});
export const bobsVote = (id: string): Item => ({ pk: `${KINDS.vote}${id}`, sk: "staff|person:bob" });
export const outcomeOf = (id: string): Item => ({ pk: `${KINDS.vote}${id}`, sk: "OUTCOME" });

const any = async (...writes: readonly Promise<boolean>[]): Promise<boolean> =>
  (await Promise.all(writes)).includes(true);

export const STANDING_ATTACKS: readonly UseAttack[] = [
  {
    name: "takes a use back",
    write: async (thief, { standing: { id, use } }) =>
      any(thief.remove(placeOf(ofApproval(id, "USED"))), thief.write(ofApproval(id, "USED", { ...use, n: 0 }))),
    allowed: [],
  },
  {
    name: "has the record say more uses, and a later window",
    write: (thief, { standing: { id, request } }) => {
      const record = JSON.parse(String(request.record)) as { readonly standing: Item };
      const more = { ...record, standing: { ...record.standing, uses: 30, window: 2_592_000 } };
      return thief.write(ofApproval(id, "REQUEST", { record: JSON.stringify(more) }));
    },
    allowed: [],
  },
  {
    name: "takes back that it is void",
    write: (thief, { standing: { id } }) => thief.remove(placeOf(ofApproval(id, "VOID"))),
    allowed: [],
  },
  {
    name: "takes back that somebody withdrew",
    write: (thief, { standing: { id } }) => thief.remove(placeOf(outcomeOf(id))),
    allowed: [],
  },
  {
    name: "has the agent's pointer name another standing approval",
    write: (thief, { standing: { id, pointer } }) => thief.write({ ...pointer, id }),
    allowed: [],
  },
  {
    name: "takes back that the sign-in was used",
    write: (thief, { standing: { signIn } }) =>
      thief.remove(marshall({ pk: `${KINDS.replay}VOTE#staff|person:bob`, sk: signIn })),
    allowed: [],
  },
];

export const GLASS_ATTACKS: readonly UseAttack[] = [
  {
    name: "takes the glass from the list of those to be reviewed",
    write: (thief, { glass: { listed } }) => thief.remove(placeOf(listed)),
    allowed: [],
  },
  {
    name: "has its review be due in years",
    write: async (thief, { glass: { listed, id } }) =>
      any(thief.write({ ...listed, sk: `9999999999#${id}` }), thief.set(placeOf(listed), { agent: "nobody" })),
    allowed: [],
  },
  {
    name: "says that it was reviewed",
    write: (thief, { glass: { id } }) => thief.write(ofApproval(id, "REVIEW", { at: 1, vote: "forged" })),
    allowed: [],
  },
  {
    name: "says of the use that no glass was broken",
    write: (thief, { glass: { id, use } }) => {
      const { glass: _, ...ordinary } = use;
      return thief.write(ofApproval(id, "USED", ordinary));
    },
    allowed: [],
  },
  {
    name: "takes it from the group's inbox",
    write: (thief, { glass: { told } }) => thief.remove(placeOf(told)),
    allowed: ["approve"],
  },
  {
    name: "stores another's token as that of who broke it",
    write: (thief, { glass: { id } }) =>
      thief.write({ ...bobsVote(id), issuer: "staff", person: "person:zoe", token: "a.b.c", hashes: ["x"] }),
    allowed: ["approve"],
  },
];

/** Gives a waiting task an approval that another agent has. */
export const nameAnothers = (thief: Thief, waiting: string, approval: unknown): Promise<boolean> =>
  thief.set(marshall({ pk: `${KINDS.task}${rootOf(waiting as TaskPath)}`, sk: waiting }), { approval });
