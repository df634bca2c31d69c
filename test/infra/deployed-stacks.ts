import { App, type Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { heldActions } from "../../functions/core/ceiling/held-actions.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { callsPlaces } from "../../infra/calls-places.ts";
import { CallsStack } from "../../infra/calls-stack.ts";
import type { Config } from "../../infra/config/schema.ts";
import { hubScopeOf, ownSecretArnsIn } from "../../infra/hub-scope.ts";
import { HubStack } from "../../infra/hub-stack.ts";
import { TargetStack } from "../../infra/target-stack.ts";
import { catalogue } from "../unit/core/catalogue/load-catalogue.ts";

/** A hub and one target account with two task roles: small enough to write its templates out. */
export const CONFIG: Config = {
  hub: { account: accountId("999900001111"), region: regionNamed("eu-central-1") },
  url: "https://valetkey.example.com",
  issuers: [{ name: "ci", kind: "agents", preset: "generic", url: "https://ci.example.com" }],
  accounts: [{ id: accountId("111122223333"), region: regionNamed("eu-central-1"), taskRoles: 2 }],
  operators: [],
  databases: [{ name: "orders", host: "db", port: 5432, database: "orders", adminSecret: "databases/orders" }],
  oauthClients: [
    {
      secret: "clients/report",
      clientId: "report",
      configurationUrl: "https://login.example.com/reg/report",
      registrationToken: "clients/report-registration",
    },
  ],
};

/** Sections of a hub that hears a transmitter of security events. */
export const HEARING = {
  issuers: [
    ...CONFIG.issuers,
    { name: "staff", kind: "people", preset: "generic", url: "https://staff.example.com", onBehalf: true },
  ],
  signals: [{ name: "risk", url: "https://risk.example.com", people: "staff" }],
} satisfies Partial<Config>;

/**
 * An app that bundles no code: a test of templates does not need it, and bundling takes seconds.
 * @param isValidated whether CDK validates the templates, which takes seconds too, and fails on a finding.
 */
export const plainApp = (isValidated = false): App =>
  new App({
    context: { "aws:cdk:bundling-stacks": [], "@aws-cdk/core:validateAgainstDefaultRules": isValidated },
    builtinCloudFormationValidation: isValidated,
  });

/** All stacks in one `plainApp`. */
export function deployedStacks(config: Config = CONFIG, app = plainApp()) {
  const hub = new HubStack(app, "hub", {
    config,
    deploymentDir: "not-bundled",
    consoleDir: "not-bundled",
    deploymentHash: "f".repeat(64),
  });
  const targets = config.accounts.map(
    (target) =>
      new TargetStack(app, `target-${target.id}`, {
        hub: { ...config.hub, prefix: config.prefix },
        target,
        held: heldActions(target, catalogue),
        ownSecretArns: ownSecretArnsIn(target.id, hubScopeOf(config)),
      }),
  );
  const calls = callsPlaces(config).map((place) => new CallsStack(app, place, config));
  return { app, hub, targets, calls };
}

type Properties = Readonly<Record<string, unknown>>;

/** Properties of every resource of a type, in the template's order. */
export const resourcesOf = (stack: Stack, type: string): Properties[] =>
  Object.values(Template.fromStack(stack).findResources(type)).map((resource) => resource.Properties as Properties);

/** Properties of the one resource of a type whose property has this value. */
export function resourceWhere(stack: Stack, type: string, property: string, value: string): Properties {
  const [found, ...more] = resourcesOf(stack, type).filter((properties) => properties[property] === value);
  if (found === undefined || more.length > 0) throw new Error(`not exactly one ${type} with ${property} ${value}`);
  return found;
}
