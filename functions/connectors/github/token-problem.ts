import { isToken } from "../sealed-token.ts";
import { type InstallationToken, isWithin, type Permissions } from "./github-apps.ts";
import type { GithubDetail } from "./github-detail.ts";

/** Lifetime of installation tokens, which no request can change; seconds. */
export const TOKEN_SECONDS = 3_600;
/** Upper bound on the time by which GitHub's clock may be ahead of ours. */
const AHEAD_SECONDS = 60;

/** Permissions that come with every other permission on a repository, requested or not. */
const ALWAYS: Permissions = { metadata: "read" };

/**
 * Returns the reason why GitHub's answer may not be handed out; undefined for a good answer. The reason is for the
 * record, and holds no text of GitHub's.
 */
export function tokenProblem(
  { token, expiresAt, permissions, repositories }: InstallationToken,
  requested: GithubDetail,
  nowSeconds: number,
): string | undefined {
  if (!isToken(token)) return "a token that cannot be sent";
  const most = { ...ALWAYS, ...requested.permissions };
  if (!Object.entries(permissions).every(([name, level]) => Object.hasOwn(most, name) && isWithin(level, most[name])))
    return "other permissions than requested";
  if (repositories === undefined) return "every repository";
  if (repositories.some((each) => !requested.repositories.includes(each))) return "other repositories than requested";
  if (repositories.length === 0) return "no repository";
  if (expiresAt === undefined) return "a token without a lifetime";
  return expiresAt <= nowSeconds + TOKEN_SECONDS + AHEAD_SECONDS ? undefined : "a token that lives longer than an hour";
}
