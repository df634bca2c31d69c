import { VOID_NONCE } from "../../../core/approvals/approvals.ts";
import { isCut, type PersonCut } from "../../../core/identity/persons-task.ts";
import type { SignIn } from "../../../core/identity/sign-in.ts";
import { Refusal } from "../../../core/refusal.ts";
import type { TaskPath } from "../../../core/task-path.ts";
import { recordOf } from "../table/dynamo-item.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { DynamoTable, Write } from "../table/dynamo-table.ts";

/** Time for which the use of a sign-in is stored; seconds. No request that accepts the sign-in lives so long. */
const SIGN_IN_SECONDS = 40 * 86_400;

/** Name of the writes that fail for a sign-in that was used. */
const SIGN_IN = "signIn";

/** Name of the check that fails for a sign-in of a person who is gone. */
const VOID = "void";

/** Message about a void sign-in. */
const VOID_SAYS = "It is void: the account was disabled, or everything of the person was ended, after it.";

type Signed = Pick<SignIn, "person" | "signedInAt">;

/**
 * Reads the nonce for which a sign-in was used, by a vote or by an act. Returns undefined for an unused sign-in, and
 * `VOID_NONCE` for one that a cut of the person's votes covers.
 */
export async function nonceOf(table: DynamoTable, { person, signedInAt }: Signed): Promise<string | undefined> {
  const [isVoid, vote, act] = await Promise.all([
    isVoidSignIn(table, { person, signedInAt }),
    ...[keys.signIn(person, signedInAt), keys.act(person, signedInAt)].map((key) => table.get(key)),
  ]);
  if (isVoid) return VOID_NONCE;
  const used = vote ?? act;
  return used && String(used.nonce);
}

/** Returns true where the signatures by that sign-in are void, as far as they are not used yet. */
export async function isVoidSignIn(table: DynamoTable, { person, signedInAt }: Signed): Promise<boolean> {
  const cut = await table.get(keys.votesCut(person));
  return cut !== undefined && isCut({ provenAt: signedInAt }, recordOf<PersonCut>(cut));
}

/** Makes the condition that the sign-in is not void. */
const voidCheck = (name: string, table: DynamoTable, { person, signedInAt }: Signed): Write =>
  table.checkWrite(name, keys.votesCut(person), {
    where: "attribute_not_exists(#pk) OR #deadUntil < :signedInAt",
    names: { pk: "pk", deadUntil: "deadUntil" },
    values: { signedInAt },
  });

/**
 * Records that the sign-in was used for votes with this nonce. Fails for a sign-in with another nonce, and for one that
 * was used for an act.
 */
export const voteWrites = (
  table: DynamoTable,
  { person, signedInAt, nonce }: SignIn,
  task: TaskPath,
): readonly Write[] => [
  table.updateWrite(SIGN_IN, keys.signIn(person, signedInAt), {
    set: "SET #nonce = :nonce, #task = :task, #ttl = :ttl",
    where: "attribute_not_exists(#nonce) OR #nonce = :nonce",
    names: { nonce: "nonce", task: "task", ttl: "ttl" },
    values: { nonce, task, ttl: signedInAt + SIGN_IN_SECONDS },
  }),
  table.checkWrite(SIGN_IN, keys.act(person, signedInAt), "absent"),
  voidCheck(SIGN_IN, table, { person, signedInAt }),
];

/** Records that the sign-in was used for an act, once. Fails for a sign-in that was used for a vote. */
export const actWrites = (table: DynamoTable, signIn: SignIn | undefined): readonly Write[] => {
  if (!signIn) return [];
  const { person, signedInAt, nonce, token } = signIn;
  return [
    table.putWrite(
      SIGN_IN,
      keys.act(person, signedInAt),
      { nonce, token, ttl: signedInAt + SIGN_IN_SECONDS },
      "absent",
    ),
    table.checkWrite(SIGN_IN, keys.signIn(person, signedInAt), "absent"),
    voidCheck(VOID, table, { person, signedInAt }),
  ];
};

/** Makes the refusal of an act, or a review, whose transaction failed. @param failed names of the writes whose condition did not hold. */
export const signInRefusal = (failed: readonly string[]): Refusal =>
  failed.includes(VOID)
    ? new Refusal("sign_in_used", { say: VOID_SAYS, why: VOID })
    : failed.includes(SIGN_IN)
      ? new Refusal("sign_in_used")
      : new Refusal("contended", { why: failed.join(" "), retryAfterSeconds: 1 });
