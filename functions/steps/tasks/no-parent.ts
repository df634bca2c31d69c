import { brand } from "../../core/brand.ts";
import { parentOf, type TaskPath } from "../../core/task-path.ts";
import type { NoParent } from "./grants.ts";

/** Proves that a request has no parent. A request that has a delegation token, or may have one, does not compile. */
export const noParentOf = (_request: { readonly delegationToken?: undefined }): NoParent => brand<NoParent>({});

/** Proves that a task is a root. @throws {RangeError} for a task below another, whose parent bounds it. */
export function noParentAbove({ path }: { readonly path: TaskPath }): NoParent {
  if (parentOf(path) !== undefined) throw new RangeError("a child is decided within its parent");
  return brand<NoParent>({});
}
