import { ACCOUNT_ID, REGION, TASK_ID } from "../../contract/names.ts";
import type { Unread } from "../../contract/operation.ts";

type Body = Readonly<Record<string, unknown>>;

/** Reads a value as an object; an empty one for any other value. */
export const recordOf = <T = Body>(value: unknown): Unread<T> =>
  typeof value === "object" && value !== null ? { ...value } : {};

/** True for a task's id, which is safe as a segment of a URL's path. */
export const isTaskId = (id: unknown): id is string => typeof id === "string" && TASK_ID.test(id);

/** True for a credential's name that is safe as a segment of a URL's path. */
export const isName = (name: unknown): name is string => typeof name === "string" && /^[\w-]+$/.test(name);

/** True for an account's id: 12 digits. */
export const isAccount = (account: unknown): account is string =>
  typeof account === "string" && ACCOUNT_ID.test(account);

/** True for a Region's name, which is safe as a line of a configuration file and as a variable: `eu-west-1`. */
export const isRegion = (region: unknown): region is string => typeof region === "string" && REGION.test(region);

export const isHeaderSafe = (token: unknown): token is string =>
  typeof token === "string" && /^[\x21-\x7e]+$/.test(token);
