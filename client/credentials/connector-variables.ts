// Written by `npm run variables` from functions/connectors/<type>/definition.ts.

/** Kinds of credentials that connectors issue. */
export const CONNECTOR_TYPES: readonly string[] = ["postgres", "secret", "oauth", "github"];

/** Variables in which programs look for a credential, by its kind and by the field that each of them holds. */
export const VARIABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  postgres: {
    host: "PGHOST",
    port: "PGPORT",
    database: "PGDATABASE",
    username: "PGUSER",
    password: "PGPASSWORD",
    sslmode: "PGSSLMODE",
  },
  github: {
    token: "GH_TOKEN",
  },
};

/** Variables of the same programs that would lead them to another server, login or token. */
export const IN_THE_WAY: Readonly<Record<string, RegExp>> = { postgres: /^PG[A-Z]+$/, github: /^(?:GH|GITHUB)_TOKEN$/ };
