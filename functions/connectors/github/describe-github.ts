import type { Question } from "../../core/intent/question.ts";
import { GITHUB } from "./definition.ts";
import { type PermissionLevel, REPOSITORY_PERMISSIONS } from "./github-apps.ts";
import type { GithubDetail } from "./github-detail.ts";

const ACTIONS = {
  read: "github:Read",
  write: "github:Write",
  admin: "github:Admin",
} as const satisfies Record<PermissionLevel, keyof typeof GITHUB.actions>;

/**
 * Lists a question for each level of each permission on each repository. A token that may write may also read, so Cedar
 * evaluates the lower levels too: a rule may forbid reading.
 */
export const describeGithub = ({ repositories, permissions }: GithubDetail): readonly Question[] =>
  Object.entries(permissions).flatMap(([permission, level]) =>
    upTo(permission, level).flatMap((each) =>
      repositories.map((repository) => questionOf(repository, permission, each)),
    ),
  );

/**
 * Makes the details that state what was permitted. Repositories with different permissions get separate details, since
 * a detail grants each permission on each repository. Omits a level whose lower level was not permitted: GitHub has no
 * token that may write and not read.
 */
export function narrowGithub(detail: GithubDetail, permitted: readonly Question[]): readonly GithubDetail[] {
  const isPermitted = (repository: string, permission: string, level: PermissionLevel) => {
    const { action, target } = questionOf(repository, permission, level);
    return permitted.some((each) => each.action === action && each.target === target);
  };
  const left = detail.repositories.map((repository) => {
    const permissions = Object.entries(detail.permissions).flatMap(([permission, requested]) => {
      const levels = upTo(permission, requested);
      const refused = levels.findIndex((level) => !isPermitted(repository, permission, level));
      const highest = levels.at(refused < 0 ? -1 : refused - 1);
      return refused === 0 || highest === undefined ? [] : [[permission, highest] as const];
    });
    return { repository, permissions };
  });
  return [...Map.groupBy(left, ({ permissions }) => JSON.stringify(permissions)).values()].flatMap((alike) => {
    const permissions = Object.fromEntries(alike[0]?.permissions ?? []);
    if (Object.keys(permissions).length === 0) return [];
    return [{ type: detail.type, repositories: alike.map(({ repository }) => repository), permissions }];
  });
}

/** Lists a level and the levels below it: `write` is `read` and `write`, where GitHub has both. */
function upTo(permission: string, level: PermissionLevel): readonly PermissionLevel[] {
  const levels = REPOSITORY_PERMISSIONS[permission] ?? [];
  return levels.slice(0, levels.indexOf(level) + 1);
}

function questionOf(repository: string, permission: string, level: PermissionLevel): Question {
  const action = ACTIONS[level];
  const target = `${repository}:${permission}`;
  return {
    action,
    groups: GITHUB.actions[action].groups,
    target,
    resource: {
      uid: { type: "RepositoryPermission", id: target },
      attrs: { owner: repository.split("/")[0] ?? "", repository, permission },
      parents: [{ type: "Repository", id: repository }],
    },
  };
}
