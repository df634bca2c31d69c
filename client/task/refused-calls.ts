/** Call that AWS refused because the task's key does not cover it. */
export interface RefusedCall {
  readonly account: string;
  /** IAM's name, with the service in lower case as `--allow` takes it. */
  readonly action: string;
  /** Whole ARN, or `*` where AWS named no resource. */
  readonly resource: string;
}

/** Longest text in which refusals are looked for: characters at its end. */
export const READ_CHARACTERS = 65_536;
/** Largest number of distinct refused calls that are read, and of AWS's sentences that are looked at. */
export const MOST_CALLS = 3;
const MOST_SENTENCES = 200;

/**
 * AWS's sentence about a call that only the session's policy left out. A call that another policy denies is not mended by a larger request. Groups: account,
 * session, action, resource. Logs escape the resource's quotes. The resource has no space, quotation mark, wildcard, policy variable or `#`: whoever names an
 * object must not choose a pattern, or words of AWS's, or a command to a CI runner.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const SENTENCE =
  /User: arn:aws[a-z-]{0,16}:sts::(\d{12}):assumed-role\/[\w+=,.@-]{1,64}\/([\w+=,.@-]{2,64}) is not authorized to perform: ([A-Za-z0-9-]{1,40}:[A-Za-z0-9]{1,80})(?: on resource: (?:(\\?")(arn:[!%-)+->@-[\]^_a-z{|}~]{1,512})\4|(arn:[!%-)+->@-[\]^_a-z{|}~]{1,512}|\*)))? because no session policy allows the \3 action/g;

const ARN = /^arn:aws[a-z-]{0,16}:[a-z0-9-]{1,40}:[a-z0-9-]{0,32}:(\d{12})?:[^:].*$/;

/** Session of a task: the name that its keys have, and its accounts. */
interface OwnSession {
  readonly name: string;
  readonly accounts: readonly string[];
}

/**
 * Reads AWS's refusals in a program's output, in the words of the AWS CLI and of the SDKs. Anybody can write such words: what comes back is well formed, and
 * may be untrue. Leaves out refusals of another session's calls, and of resources in another account.
 */
export function refusedCalls(text: string, own: OwnSession): readonly RefusedCall[] {
  const found = new Map<string, RefusedCall>();
  let sentences = 0;
  for (const [, account = "", session, given = "", , quoted, plain] of text
    .slice(-READ_CHARACTERS)
    .matchAll(SENTENCE)) {
    if (found.size === MOST_CALLS || ++sentences > MOST_SENTENCES) break;
    const resource = quoted ?? plain ?? "*";
    if (session !== own.name || !own.accounts.includes(account) || !isWithin(resource, account)) continue;
    const action = given.replace(/^[^:]*/, (service) => service.toLowerCase());
    // SQS has its actions in lower case: case does not distinguish two.
    found.set(`${action.toLowerCase()} ${resource}`, { account, action, resource });
  }
  return [...found.values()];
}

/** True for `*`, and for an ARN of the account or of none. */
function isWithin(resource: string, account: string): boolean {
  if (resource === "*") return true;
  const [whole, owner] = ARN.exec(resource) ?? [];
  return whole !== undefined && (owner === undefined || owner === account);
}

/** Length of a part of a secret that is treated as the secret, and of the shortest secret that counts. */
const [PART_CHARACTERS, LEAST_CHARACTERS] = [16, 8];
/** Keys of AWS, tokens of its sessions, JWTs and tokens of valetkey, also those that the command got by itself. */
const OF_A_SECRET = /A[KS]IA[A-Z0-9]{12}|IQoJb3JpZ2lu|FwoGZXIvYXdz|eyJ[\w-]{8}|\bvkd?_/;

/**
 * True where the call's resource holds a secret, verbatim or encoded as in a URL, or a part that is long enough to recognise it by.
 * @param secrets those that are known; one that begins with `arn:` is the name of a secret.
 */
export function holdsSecret({ resource }: Pick<RefusedCall, "resource">, secrets: Iterable<string>): boolean {
  const forms = [resource, decoded(resource)];
  if (forms.some((form) => OF_A_SECRET.test(form))) return true;
  const parts = [...secrets].filter((secret) => !secret.startsWith("arn:")).flatMap(partsOf);
  return parts.some((part) => forms.some((form) => form.includes(part)));
}

function partsOf(secret: string): readonly string[] {
  if (secret.length < LEAST_CHARACTERS) return [];
  const count = Math.max(1, secret.length - PART_CHARACTERS + 1);
  return Array.from({ length: count }, (_, at) => secret.slice(at, at + PART_CHARACTERS));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
