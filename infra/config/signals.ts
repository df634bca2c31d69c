import * as v from "valibot";
import { httpsUrl, maybe, said, shortName, text } from "../../functions/connectors/schema-fields.ts";
import { defined } from "../../functions/core/defined.ts";
import type { Transmitter } from "../../functions/core/deployment/transmitter.ts";
import { ALGORITHMS } from "../../functions/core/identity/issuer.ts";
import { DEFAULT_SKEW_SECONDS } from "../../functions/core/identity/presets.ts";
import { SIGNALS_ROUTE } from "../../functions/routes.ts";

/** Section `signals` of `valetkey.json`: its transmitters of Security Event Tokens. */
export const signals = v.pipe(
  v.array(
    v.strictObject({
      name: said(shortName, "Short name of the transmitter, as the journal uses it."),
      url: said(httpsUrl, "The tokens' `iss`, compared letter by letter."),
      jwksUrl: maybe(httpsUrl, "Address of the transmitter's keys; by default OIDC discovery at `url` finds it."),
      audience: maybe(text, "Required `aud` of its tokens; <url of valetkey>/v1/signals unless given."),
      algorithms: maybe(
        v.pipe(v.array(v.picklist(ALGORITHMS)), v.minLength(1)),
        "Accepted signature algorithms; asymmetric ones only. RS256 and ES256 unless given.",
      ),
      people: said(shortName, "Name of the one people's issuer whose people its tokens are about."),
      subjects: maybe(
        v.picklist(["iss_sub", "opaque"]),
        "Format of its subjects. iss_sub (the default): the people's issuer and its sub. opaque: the value of the people's issuer's person claim. E-mail addresses are never taken.",
      ),
    }),
  ),
  v.minLength(1),
  v.maxLength(10),
);

type Entries = readonly v.InferOutput<typeof signals>[number][];

/** Converts the section to the form that the functions read. @param url of the API. */
export const transmittersOf = (entries: Entries, url: string): readonly Transmitter[] =>
  entries.map(
    ({ name, url: iss, jwksUrl, audience, algorithms = ["RS256", "ES256"], people, subjects = "iss_sub" }) => ({
      issuer: {
        name,
        url: iss,
        kind: "people",
        algorithms,
        pin: "sub",
        skewSeconds: DEFAULT_SKEW_SECONDS,
        maxLifetimeSeconds: 0,
        replay: { mode: "single_use" },
        required: {},
        ...defined({ jwksUrl }),
      },
      audience: audience ?? `${url}${SIGNALS_ROUTE.path}`,
      people,
      subjects,
    }),
  );

/** Lists faults of the section. @param issuers issuers of the deployment. */
export function signalFaults(
  entries: Entries,
  issuers: readonly {
    readonly name: string;
    readonly kind: string;
    readonly person?: string;
    readonly onBehalf?: boolean;
  }[],
): readonly string[] {
  const repeated = (what: "name" | "url") =>
    entries.filter((entry, index) => entries.findIndex((other) => other[what] === entry[what]) !== index);
  return [
    ...repeated("name").map(({ name }) => `signals: two are named "${name}"`),
    ...repeated("url").map(({ url }) => `signals: two have the url "${url}"; a token could not be told apart`),
    ...entries.flatMap(({ name, people, subjects = "iss_sub" }) => {
      const issuer = issuers.find((each) => each.name === people && each.kind === "people");
      if (!issuer?.onBehalf)
        return [`signals: "${name}" speaks of "${people}", which is no people's issuer with "onBehalf": true`];
      return subjects === "iss_sub" && issuer.person !== undefined
        ? [
            `signals: "${name}": sub tells nobody apart at "${people}", whose person claim is ${issuer.person}; use "subjects": "opaque"`,
          ]
        : [];
    }),
  ];
}
