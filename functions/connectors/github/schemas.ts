import * as v from "valibot";
import { common, httpsUrl, maybe, names, production, said, secretName, whole } from "../schema-fields.ts";
import { type PermissionLevel, REPOSITORY_PERMISSIONS } from "./github-apps.ts";

const PERMISSIONS = Object.fromEntries(
  Object.entries(REPOSITORY_PERMISSIONS).map(([name, levels]) => [
    name,
    v.exactOptional(
      said(
        v.picklist(levels as [PermissionLevel, ...PermissionLevel[]]),
        `The most of GitHub's permission ${name} on a repository.`,
      ),
    ),
  ]),
);

const githubApp = v.strictObject({
  owner: said(
    v.pipe(v.string(), v.regex(/^[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?$/, "a name at GitHub, in lower case")),
    "Owner of the repositories on which the App is installed, in lower case. One entry for each owner.",
  ),
  appId: said(whole(1, Number.MAX_SAFE_INTEGER), "The App's id."),
  installationId: said(whole(1, Number.MAX_SAFE_INTEGER), "Id of the App's installation at that owner."),
  privateKey: said(
    secretName,
    "Name of the secret, in the hub's account, that holds the App's private key as GitHub issued it. The secret is leased to nobody.",
  ),
  apiUrl: said(
    v.optional(httpsUrl, "https://api.github.com"),
    "Address of GitHub's REST API; for a GitHub Enterprise Server, https://HOST/api/v3.",
  ),
  permissions: said(
    v.strictObject(PERMISSIONS),
    "Upper bound on what any task can request, within what the owner granted the App.",
  ),
  production,
});

/** The connector's section of `valetkey.json`. */
const section = {
  githubApps: maybe(
    v.array(githubApp),
    "GitHub Apps whose installation tokens tasks may get. See docs/connectors/github.md.",
  ),
} as const;

/** Detail of a task's request, in `authorization_details`. */
const detail = v.pipe(
  v.strictObject({
    type: v.literal("github"),
    repositories: v.pipe(names(20), v.description("`acme/site`; of one owner.")),
    permissions: v.pipe(
      v.record(v.string(), v.picklist(["read", "write", "admin"])),
      v.minEntries(1),
      v.description("GitHub's repository permissions; each is decided on each repository."),
    ),
  }),
  v.description("An installation token of a GitHub App for those repositories, revoked with the task."),
);

/** Credential in the answer. */
const credential = v.strictObject({
  type: v.literal("github"),
  ...common,
  token: v.string(),
  api_url: v.string(),
  repositories: v.array(v.string()),
  permissions: v.record(v.string(), v.string()),
});

/** Schemas of the connector: its section of `valetkey.json`, its detail and its credential. */
export const GITHUB_SCHEMAS = { section, detail, credential };
