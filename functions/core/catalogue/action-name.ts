import { globFromIam, matches } from "../text/glob.ts";

/** Name of an IAM action in the catalogue's own spelling (`s3:GetObject`). Only the catalogue makes one. */
export type ActionName = string & { readonly __brand: "ActionName" };

/**
 * Action that an intent requests: a name in the catalogue's spelling, or a pattern such as `s3:Get*`, whose letters
 * have no case. `foldActions` makes them of a text from outside.
 */
export type ActionPattern = string & { readonly __brand: "ActionName" | "ActionPattern" };

/** Prefix of an action's or an operation's service: `s3` of `s3:GetObject`. */
export const serviceOf = (action: string): string => action.split(":")[0] ?? "";

/** True where the pattern names the action. As in IAM, case does not count. */
export const namesAction = (pattern: ActionPattern, action: string): boolean =>
  matches(globFromIam(pattern.toLowerCase()), action.toLowerCase());
