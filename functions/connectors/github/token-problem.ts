import { isToken } from "../kept-token.ts";
import { type InstallationToken, isWithin, type Permissions } from "./github-apps.ts";
import type { GithubDetail } from "./github-detail.ts";

/** Installation tokens live for an hour, whatever is asked; seconds. */
export const TOKEN_SECONDS = 3_600;
/** Most time that GitHub's clock may be ahead of ours. */
const AHEAD_SECONDS = 60;

/** Comes with every permission on a repository, whether it was asked for or not. */
const ALWAYS: Permissions = { metadata: "read" };

/** Why GitHub's answer may not be handed out, or nothing. The words are for the record: none of them is GitHub's. */
export function tokenProblem(
  { token, expiresAt, permissions, repositories }: InstallationToken,
  asked: GithubDetail,
  nowSeconds: number,
): string | undefined {
  if (!isToken(token)) return "a token that cannot be sent";
  const most = { ...ALWAYS, ...asked.permissions };
  if (!Object.entries(permissions).every(([name, level]) => Object.hasOwn(most, name) && isWithin(level, most[name])))
    return "other permissions than asked for";
  if (repositories === undefined) return "every repository";
  if (repositories.some((each) => !asked.repositories.includes(each))) return "other repositories than asked for";
  if (repositories.length === 0) return "no repository";
  if (expiresAt === undefined) return "a token that does not say how long it lives";
  return expiresAt <= nowSeconds + TOKEN_SECONDS + AHEAD_SECONDS ? undefined : "a token that lives longer than an hour";
}
