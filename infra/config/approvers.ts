import { GROUP_TIMES } from "../../functions/core/approvals/group-times.ts";
import type { ApproverGroup } from "../../functions/core/deployment/approver-group.ts";
import { PRESETS, type Preset } from "../../functions/core/identity/presets.ts";
import type { Config } from "./schema.ts";

/** Converts the groups of `approvers` to the form that the functions read. */
export const approversOf = (config: Pick<Config, "approvers">): readonly ApproverGroup[] =>
  Object.entries(config.approvers ?? {}).map(([name, group]) => {
    const { issuer, claim = "", value = "", persons, acr, amr, notify = [] } = group;
    return {
      name,
      issuer,
      notify,
      members: persons ? { persons } : { claim, value },
      ...(acr ? { acr } : {}),
      ...(amr ? { amr } : {}),
      timeoutSeconds: group.timeoutSeconds ?? GROUP_TIMES.timeoutSeconds,
      useWithinSeconds: group.useWithinSeconds ?? GROUP_TIMES.useWithinSeconds,
    };
  });

/** Lists faults of `approvers`, `notify` and the issuers' `approvals` that concern several fields. */
export function approverFaults(config: Config): readonly string[] {
  const groups = Object.entries(config.approvers ?? {});
  const issuerOf = (name: string) => config.issuers.find((issuer) => issuer.name === name);
  const channels = Object.keys(config.notify ?? {});
  return [
    ...config.issuers
      .filter(({ kind, person, approvals }) => kind !== "people" && (person !== undefined || approvals !== undefined))
      .map(({ name }) => `issuers: "${name}" has person or approvals, which only people's issuers have`),
    ...config.issuers
      .filter(({ approvals }) => (approvals?.tokenExchange === "hub") !== (approvals?.secret !== undefined))
      .map(
        ({ name }) => `issuers: "${name}" needs approvals.secret where tokenExchange is hub, and has none otherwise`,
      ),
    ...config.issuers
      .filter(({ approvals }) => approvals?.acr?.includes("0"))
      .map(({ name }) => `issuers: "${name}": approvals.acr "0" is that of nobody who has signed in just now`),
    ...config.issuers.flatMap(subjectFaults),
    ...groups.flatMap(([name, group]) => {
      const place = `approvers: "${name}"`;
      const approvals = issuerOf(group.issuer)?.approvals;
      const isByClaim = group.claim !== undefined && group.value !== undefined;
      return [
        ...(approvals ? [] : [`${place}: "${group.issuer}" is not the name of a people's issuer that has approvals`]),
        ...(isByClaim === (group.persons !== undefined) || (group.claim === undefined) !== (group.value === undefined)
          ? [`${place} needs claim and value, or persons`]
          : []),
        ...(approvals?.freshness === "acr" && group.acr === undefined
          ? [`${place} needs acr: its issuer "${group.issuer}" proves a fresh sign-in by acr alone`]
          : []),
        // OpenID Connect Core 1.0, section 2: "0" is what a long-lived cookie gets.
        ...(group.acr?.includes("0") ? [`${place}: acr "0" is that of nobody who has signed in just now`] : []),
        ...(group.persons ?? [])
          .filter((person, index, all) => all.indexOf(person) !== index)
          .map((person) => `${place} lists "${person}" twice, who is one person`),
        ...(group.notify ?? [])
          .filter((channel) => !channels.includes(channel))
          .map((channel) => `${place}: notify has no channel "${channel}"`),
      ];
    }),
  ];
}

const EVERY_PRESET: readonly Preset[] = Object.values(PRESETS);

/** Finds a people's issuer that identifies people by a `sub` which differs by client. An owner could approve as somebody else there. */
function subjectFaults({ name, kind, preset, url = "", person }: Config["issuers"][number]): readonly string[] {
  const own: Preset = PRESETS[preset];
  if (kind !== "people" || (person ?? own.person ?? "sub") !== "sub") return [];
  const known = own.pairwiseAt ? own : EVERY_PRESET.find(({ pairwiseAt }) => pairwiseAt?.includes(hostOf(url)));
  return known === undefined
    ? []
    : [
        `issuers: "${name}" gives each client another sub for one person, so people cannot be told apart by it; write "person": "${known.person}"`,
      ];
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : "");
