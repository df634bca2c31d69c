import * as v from "valibot";
import { CONNECTOR_TYPES } from "../../functions/connectors/connectors.ts";

const names = (most: number) => v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1), v.maxLength(most));

export const postgresDetail = v.pipe(
  v.strictObject({
    type: v.literal("postgres"),
    database: v.pipe(v.string(), v.description("A database of the deployment, by its name in `valetkey.json`.")),
    privileges: v.pipe(
      v.array(v.picklist(["SELECT", "INSERT", "UPDATE", "DELETE"])),
      v.minLength(1),
      v.maxLength(4),
      v.description("Each is decided on each of the tables."),
    ),
    tables: v.exactOptional(
      v.pipe(
        names(20),
        v.description("`public.orders`; other characters than a-z, 0-9, `_` and `$` in double quotes."),
      ),
    ),
    columns: v.exactOptional(
      v.pipe(v.record(v.string(), names(50)), v.description("Columns of tables, in place of whole ones.")),
    ),
  }),
  v.description("A login of its own to one PostgreSQL database, which goes with the task."),
);

export const secretDetail = v.pipe(
  v.strictObject({
    type: v.literal("secret"),
    actions: v.pipe(v.array(v.literal("read")), v.minLength(1)),
    identifiers: v.pipe(names(10), v.description("Names of secrets in AWS Secrets Manager; no ARNs and no wildcards.")),
  }),
  v.description(
    "Secrets that the deployment hands out: their values, or the right of the task's session to read them.",
  ),
);

export const oauthDetail = v.pipe(
  v.strictObject({
    type: v.literal("oauth"),
    provider: v.pipe(v.string(), v.description("An OAuth provider of the deployment, by its name in `valetkey.json`.")),
    scopes: v.pipe(names(20), v.description("Each is decided by itself.")),
    resource: v.exactOptional(v.pipe(v.string(), v.description("RFC 8707; one that the deployment asks for."))),
    audience: v.exactOptional(v.pipe(v.string(), v.description("RFC 8693; one that the deployment asks for."))),
  }),
  v.description("An access token of an OAuth provider with those scopes, revoked with the task."),
);

export const githubDetail = v.pipe(
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

const common = {
  name: v.pipe(v.string(), v.regex(/^[a-z]+-\d+$/), v.description("Unique in the task.")),
  expires_at: v.pipe(v.string(), v.description("It is dead then at the latest.")),
} as const;

export const postgresCredential = v.strictObject({
  type: v.literal("postgres"),
  ...common,
  host: v.string(),
  port: v.pipe(v.number(), v.integer()),
  database: v.string(),
  username: v.string(),
  password: v.string(),
  sslmode: v.picklist(["verify-full", "disable"]),
});

export const secretCredential = v.strictObject({
  type: v.literal("secret"),
  ...common,
  secrets: v.array(
    v.strictObject({
      name: v.string(),
      arn: v.exactOptional(v.pipe(v.string(), v.description("The task's own AWS session reads it."))),
      version: v.exactOptional(v.string()),
      value: v.exactOptional(v.string()),
      value_base64: v.exactOptional(v.string()),
    }),
  ),
});

export const oauthCredential = v.strictObject({
  type: v.literal("oauth"),
  ...common,
  access_token: v.string(),
  token_type: v.literal("Bearer"),
  scope: v.string(),
  resource: v.exactOptional(v.string()),
  audience: v.exactOptional(v.string()),
});

export const githubCredential = v.strictObject({
  type: v.literal("github"),
  ...common,
  token: v.string(),
  api_url: v.string(),
  repositories: v.array(v.string()),
  permissions: v.record(v.string(), v.string()),
});

/** What a repeat of the request is told of a credential that cannot be issued twice. */
export const keptCredential = v.strictObject({
  type: v.picklist(CONNECTOR_TYPES),
  ...common,
  issued_before: v.literal(true),
});

export const connectorLease = v.strictObject({
  type: v.picklist(CONNECTOR_TYPES),
  ...common,
  state: v.picklist(["issuing", "issued", "revoked"]),
});
