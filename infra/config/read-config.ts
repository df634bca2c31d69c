import { readFileSync } from "node:fs";
import { deployedSections, repeatedEntries } from "../../functions/connectors/sections.ts";
import { ceilingPlaceOf } from "../../functions/core/ceiling/ceiling.ts";
import { defined } from "../../functions/core/defined.ts";
import { type AccountId, accountId } from "../../functions/core/deployment/account-id.ts";
import { canStepUp } from "../../functions/core/deployment/can-step-up.ts";
import type { Account, Deployment } from "../../functions/core/deployment/deployment.ts";
import { forwardedRegions } from "../../functions/core/deployment/forwarded-regions.ts";
import { partitionOf } from "../../functions/core/deployment/partition-of.ts";
import type { Issuer } from "../../functions/core/identity/issuer.ts";
import { DEFAULT_SKEW_SECONDS, PRESETS, type Preset } from "../../functions/core/identity/presets.ts";
import { parseFence } from "../../functions/core/policy/obligations.ts";
import { hubWord, prefixOf } from "../../functions/hub-names.ts";
import { keptTaskRoles, MOST_ROLES_IN_ALL, PROBE_ACTION } from "../../functions/names.ts";
import { approverFaults, approversOf } from "./approvers.ts";
import { archiveFaults } from "./archive-schema.ts";
import { audiencesOf } from "./audiences-of.ts";
import { conditionFaults, conditionsOf } from "./conditions.ts";
import { type CheckedConfig, configFaults } from "./config-faults.ts";
import { ConfigProblem } from "./config-problem.ts";
import { conflictFaults, conflictsOf } from "./conflicts.ts";
import { consoleFaults } from "./console.ts";
import { exceptionFaults } from "./exception-faults.ts";
import { purposeFaults } from "./purposes.ts";
import type { Config } from "./schema.ts";
import { signalFaults, transmittersOf } from "./signals.ts";
import { gateOf, threatModelFaults } from "./threat-models.ts";
import { toolServerFaults, toolServersOf } from "./tool-servers.ts";

/**
 * Reads and checks `valetkey.json`.
 * @throws {ConfigProblem} lists all faults at once, each with its place and the correction.
 */
export function readConfig(file: string): Config {
  const { config, faults } = checkConfig(textOf(file), file);
  if (config) return config;
  throw unusable(
    file,
    faults.map(({ line, column, message }) => `${message} (line ${line}, column ${column})`),
  );
}

/** Checks the text of `valetkey.json`, and lists all faults with their places. */
export const checkConfig = (text: string, file: string): CheckedConfig => configFaults(text, file, crossFaults);

/** Converts the configuration to the form that the functions read: fills in presets and derives audiences from the address. */
export function deploymentOf(config: Config): Deployment {
  return {
    ...(hubWord(config) === undefined ? {} : { prefix: prefixOf(config) }),
    partition: partitionOf(config.hub.region),
    url: config.url.replace(/\/$/, ""),
    ...defined({ console: config.console }),
    audiences: audiencesOf(config.url.replace(/\/$/, "")),
    issuers: config.issuers.map((entry) => ({ ...issuerOf(entry), ...issuedSince(config) })),
    ...(config.restoredAt === undefined ? {} : { restoredAt: secondsOf(config.restoredAt) }),
    accounts: config.accounts.map(accountOfConfig),
    ...organizationOf(config),
    operators: config.operators,
    ...(config.stepUp ? { stepUp: true } : {}),
    ...gateOf(config),
    ...(config.validate === "observe" ? { validate: config.validate } : {}),
    receipts: {
      sample: config.receipts?.sample ?? SAMPLE,
      probed: config.accounts
        .filter((account) => !account.retired && ceilingPlaceOf(PROBE_ACTION, account) === "within")
        .map(({ id }) => id),
    },
    // Only null switches recertification off; an omitted field is the default.
    recertification: config.recertification === undefined ? RECERTIFICATION : config.recertification,
    ...(config.conditions === undefined ? {} : { conditions: conditionsOf(config.conditions) }),
    ...(config.conflicts === undefined ? {} : { conflicts: conflictsOf(config.conflicts) }),
    ...(config.approvers === undefined ? {} : { approvers: approversOf(config) }),
    ...(config.signals === undefined
      ? {}
      : { transmitters: transmittersOf(config.signals, config.url.replace(/\/$/, "")) }),
    ...(config.toolServers === undefined ? {} : { toolServers: toolServersOf(config.toolServers) }),
    ...defined({ escalation: config.escalation, notify: config.notify }),
    ...deployedSections(config),
    ...defined({ secrets: config.secrets, oauthClients: config.oauthClients }),
    bus: { own: config.hub.account, publishers: [...new Set(publishersOf(config).map(accountOfPublisher))] },
  };
}

/** Returns an account for the functions, with its fence in seconds. */
const accountOfConfig = ({ fence, ...account }: Config["accounts"][number]): Account => ({
  ...account,
  ...defined({ fence: fence === undefined ? undefined : parseFence(fence) }),
});

const secondsOf = (instant: string): number => Date.parse(instant) / 1_000;

/** Returns the organisation for the functions. IAM checks the units themselves, so the functions only know that there are any. */
const organizationOf = ({ organization }: Config): Pick<Deployment, "organization"> => {
  const { management } = organization ?? {};
  return organization === undefined ? {} : { organization: management === undefined ? {} : { management } };
};

/** Returns the time since which tokens count. After a restore, earlier tokens do not: the copy of the table may lack their uses. */
const issuedSince = ({ restoredAt }: Config): Pick<Issuer, "issuedSince"> =>
  restoredAt === undefined ? {} : { issuedSince: secondsOf(restoredAt) };

/** Share of endings that are probed, unless the configuration sets it. */
const SAMPLE = 0.002;

const RECERTIFICATION = { everyDays: 90, warnDays: [14, 3] } as const;

const publishersOf = (config: Config): readonly string[] => config.bus?.publishers ?? [];

/** Returns the account that EventBridge reports as the source of a publisher's events. */
const accountOfPublisher = (publisher: string): AccountId => accountId(publisher.split(":")[4] ?? publisher);

function issuerOf(entry: Config["issuers"][number]): Issuer {
  const preset: Preset = PRESETS[entry.preset];
  return {
    name: entry.name,
    url: entry.url ?? preset.url ?? "",
    kind: entry.kind,
    algorithms: entry.algorithms ?? preset.algorithms,
    pin: entry.pin ?? preset.pin,
    maxLifetimeSeconds: entry.maxLifetimeSeconds ?? preset.maxLifetimeSeconds,
    skewSeconds: entry.skewSeconds ?? DEFAULT_SKEW_SECONDS,
    replay: entry.replay ?? preset.replay,
    required: { ...preset.required, ...entry.required },
    ...defined({ jwksUrl: entry.jwksUrl, subject: preset.subject, groupsClaim: entry.groupsClaim }),
    ...personClaim(entry, preset),
    ...(entry.onBehalf ? { onBehalf: true } : {}),
    ...(entry.cli ? { cli: entry.cli } : {}),
    ...(entry.approvals
      ? { approvals: { ...entry.approvals, tokenExchange: entry.approvals.tokenExchange ?? "browser" } }
      : {}),
  };
}

/** Returns the claim that identifies people, unless it is `sub`. */
function personClaim({ kind, person }: Config["issuers"][number], preset: Preset): { readonly person?: string } {
  const claim = kind === "people" ? (person ?? preset.person ?? "sub") : "sub";
  return claim === "sub" ? {} : { person: claim };
}

/** Finds a claim that the preset demands as required, and that the issuer's entry lacks. */
function missingClaim({ name, preset, required }: Config["issuers"][number]): readonly string[] {
  const { mustRequire }: Preset = PRESETS[preset];
  if (mustRequire === undefined || required?.[mustRequire.claim] !== undefined) return [];
  const { claim, of, since } = mustRequire;
  return [`issuers: "${name}" needs "required": ${JSON.stringify({ [claim]: of }).replace(":", ": ")}, since ${since}`];
}

/** Lists faults of the client for the command's sign-in. */
const commandFaults = ({ name, kind, cli, approvals }: Config["issuers"][number]): readonly string[] => [
  ...(cli && kind !== "people" ? [`issuers: "${name}" has a cli, which only people's issuers have`] : []),
  ...(cli && cli.clientId === approvals?.clientId
    ? [`issuers: "${name}" has one client for cli and approvals; that of approvals is for approvals alone`]
    : []),
  ...(cli?.scope !== undefined && !cli.scope.split(" ").includes("openid")
    ? [`issuers: the scope of "${name}"'s cli lacks openid`]
    : []),
];

/** Lists faults that concern several fields. */
function crossFaults(config: Config): readonly string[] {
  const partition = partitionOf(config.hub.region);
  const issuers = config.issuers.map((entry) => ({ entry, url: issuerOf(entry).url }));
  return [
    ...repeats(config.issuers.map(({ name }) => name)).map((name) => `issuers: two are named "${name}"`),
    ...repeats(issuers.map(({ url }) => url)).map(
      (url) => `issuers: two have the url "${url}"; a token could not be told apart`,
    ),
    ...repeats(publishersOf(config)).map((publisher) => `bus.publishers: ${publisher} is listed twice`),
    ...publishersOf(config)
      .filter((publisher) => publisher.startsWith("arn:") && !publisher.startsWith(`arn:${partition}:`))
      .map((publisher) => `bus.publishers: ${publisher} is not in the hub's partition, ${partition}`),
    ...publishersOf(config)
      .filter((publisher) => publisher.includes(":role/valetkey-"))
      .map((publisher) => `bus.publishers: ${publisher} is a role of valetkey; an agent's task must not end others`),
    ...repeats(config.accounts.map(({ id }) => id)).map((id) => `accounts: ${id} is listed twice`),
    ...repeats(config.accounts.map(({ name = "" }) => name.toLowerCase())).map(
      (name) => `accounts: two are named "${name}"; people could not tell them apart`,
    ),
    ...config.accounts
      .filter(({ taskRoles, formerTaskRoles }) => formerTaskRoles !== undefined && formerTaskRoles <= taskRoles)
      .map(({ id }) => `accounts: ${id} has formerTaskRoles that are no more than its taskRoles; take them out`),
    ...[config.accounts.reduce((sum, account) => sum + keptTaskRoles(account), 0)]
      .filter((roles) => roles > MOST_ROLES_IN_ALL)
      .map((roles) => `accounts: ${roles} task roles together, of ${MOST_ROLES_IN_ALL} that one hub looks after`),
    ...config.accounts.flatMap((account) => regionFaults(account, partition)),
    ...config.accounts.flatMap((account) => exceptionFaults(account, partition)),
    ...(config.accounts.every(({ retired }) => retired)
      ? ["accounts: all are retired, so nothing could be issued anywhere"]
      : []),
    ...approverFaults(config),
    ...consoleFaults(config),
    ...stepUpFaults(config, deploymentOf(config)),
    ...threatModelFaults(config, deploymentOf(config)),
    ...signalFaults(config.signals ?? [], deploymentOf(config).issuers),
    ...archiveFaults(config),
    ...toolServerFaults(config.toolServers),
    ...conditionFaults(config.conditions, config.escalation),
    ...conflictFaults(config.conflicts),
    ...purposeFaults(config),
    ...repeatedEntries(config),
    ...clientFaults(config.oauthClients ?? []),
    ...issuers
      .filter(({ url }) => url === "")
      .map(({ entry }) => `issuers: "${entry.name}" needs a url; the preset ${entry.preset} has none`),
    ...config.issuers.flatMap(missingClaim),
    ...config.issuers
      .filter((entry) => entry.groupsClaim !== undefined && entry.kind !== "people")
      .map(({ name }) => `issuers: "${name}" has a groupsClaim, which only people's issuers have`),
    ...config.issuers.flatMap(commandFaults),
    ...(config.recertification?.warnDays ?? [])
      .filter((days) => days >= (config.recertification?.everyDays ?? 0))
      .map((days) => `recertification: a warning ${days} days before is no sooner than the confirmation itself`),
    ...config.operators
      .filter(({ issuer }) => config.issuers.find(({ name }) => name === issuer)?.kind !== "people")
      .map(({ issuer }) => `operators: "${issuer}" is not the name of a people's issuer`),
  ];
}

/** Lists faults of OAuth clients. A registration access token controls its client, so it must not be a secret that tasks can lease. */
const clientFaults = (clients: NonNullable<Config["oauthClients"]>): readonly string[] => [
  ...repeats(clients.map(({ secret }) => secret)).map((name) => `oauthClients: two have the secret "${name}"`),
  ...clients
    .filter(({ registrationToken }) => clients.some(({ secret }) => secret === registrationToken))
    .map(
      ({ registrationToken }) => `oauthClients: "${registrationToken}" is a client's secret, and no registration token`,
    ),
];

const repeats = (values: readonly string[]): readonly string[] => [
  ...new Set(values.filter((value, index) => value !== "" && values.indexOf(value) !== index)),
];

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw unusable(file, ["cannot be read; run this where the file is, or name it"]);
  }
}

const unusable = (file: string, faults: readonly string[]): ConfigProblem =>
  new ConfigProblem(`${file} cannot be used:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);

/** Lists faults of an account's further Regions: with a forwarding rule anyway, listed twice, or in another partition. */
function regionFaults({ id, region, regions = [] }: Config["accounts"][number], partition: string): readonly string[] {
  const always = forwardedRegions({ region });
  return regions.flatMap((further, index) => {
    const place = `accounts: ${id} has ${further} in its regions`;
    if (partitionOf(further) !== partition) return [`${place}, which is not in the hub's partition, ${partition}`];
    if (always.includes(further)) return [`${place}, whose calls are forwarded anyway; take it out`];
    return regions.indexOf(further) < index ? [`${place} twice`] : [];
  });
}

/** Lists faults of `stepUp`, with which nobody could vote for an act, and so nobody could perform one. */
function stepUpFaults(config: Config, { stepUp, issuers, operators }: Deployment): readonly string[] {
  if (!stepUp) return [];
  const people = issuers.filter(({ kind }) => kind === "people");
  const first = new Set(operators.map(({ issuer }) => issuer));
  // First operators can act before any policy permits anybody.
  const used = first.size === 0 ? people : people.filter(({ name }) => first.has(name));
  const hasPage = (name: string) => config.issuers.some((issuer) => issuer.name === name && issuer.console);
  const canVote = used.some((issuer) => canStepUp(issuer) && hasPage(issuer.name));
  return [
    ...(config.console ? [] : ["stepUp: operators vote for an act on the console's page; write console.url"]),
    ...(canVote
      ? []
      : [
          `stepUp: no operator could vote for an act: ${used.map(({ name }) => `"${name}"`).join(", ") || "some people's issuer"} needs console, and approvals with freshness auth_time, or with acr, and tokenExchange browser`,
        ]),
  ];
}
