import { visibleText } from "../../contract/decision/visible-text.ts";
import type { AgentModel, PolicyInWords } from "./model.ts";
import { timeInWords } from "./time-in-words.ts";

/** Renders the threat model of an agent as Markdown. Every text of a registration, a policy or `valetkey.json` is escaped. */
export const renderAgent = (model: AgentModel): string =>
  `${[
    head(model),
    reach(model),
    section(
      "Who can act as it",
      model.bindings.map(({ issuer, url, claims }) => {
        const held = Object.entries(claims).map(([name, value]) => `${asCode(name)} is ${asCode(value)}`);
        return `Whoever has a token of ${asCode(issuer)} (${asCode(url)}) in which ${held.join(" and ")}.`;
      }),
    ),
    delegation(model),
    onBehalf(model),
    section(
      "A thief of each credential",
      model.credentials.map(({ credential, thief, seconds, single_use, taken_back, controls, layer }) =>
        [
          `**${inMarkdown(credential)}**, ${seconds === null ? "for as long as its provider takes it" : `for ${timeInWords(seconds)} at most`}${single_use ? ", once" : ""}.`,
          `  - Can: ${inMarkdown(thief)}`,
          `  - Taken back: ${inMarkdown(taken_back)}`,
          `  - Covered by: ${controls.join(", ")} (MAESTRO ${layer})`,
        ].join("\n"),
      ),
    ),
    section(
      "Approvals on the way",
      model.approvals.map(({ policy, reach: parts, waits_for, groups }) =>
        [
          `${asCode(policy)} waits for ${inMarkdown(waits_for)}:`,
          ...parts.map((part) => `  - ${asCode(part)}`),
          ...groups.map(
            ({ group, issuer, members }) =>
              `  - group ${asCode(group)}: people of ${asCode(issuer)}, ${asCode(members)}`,
          ),
        ].join("\n"),
      ),
      "Nobody is asked.",
    ),
    section(
      "Who can revoke",
      model.revocation.map(
        ({ who, can, policy }) =>
          `${inMarkdown(who)}: ${can.map(inMarkdown).join(", ")}${policy === undefined ? "" : ` (policy ${asCode(policy)})`}`,
      ),
    ),
    section(
      "Covering controls",
      model.controls.map(
        ({ about, controls, layer }) =>
          `${inMarkdown(about.replaceAll("_", " "))} (MAESTRO ${layer}): ${controls.map(({ id, title, verdict }) => `${id} ${inMarkdown(title)}, ${inMarkdown(verdict)}`).join("; ")}`,
      ),
    ),
    section("Residual risks", model.residual.map(inMarkdown)),
    accepted(model),
  ].join("\n\n")}\n`;

function head({ agent, registration, reach: { sha256 } }: AgentModel): string {
  const { id, name, owner, contact, team, labels } = agent;
  return [
    `# Threat model of ${inMarkdown(id)}`,
    "",
    `- Name: ${inMarkdown(name)}`,
    `- Owner: ${inMarkdown(owner)}${contact === undefined ? "" : `, ${inMarkdown(contact)}`}`,
    `- Team: ${inMarkdown(team)}; labels: ${labels.length === 0 ? "none" : labels.map(inMarkdown).join(", ")}`,
    `- Reach: ${asCode(sha256)}`,
    `- Registration: ${asCode(registration.sha256)}`,
  ].join("\n");
}

function reach({ policies: { permits, except, sometimes } }: AgentModel): string {
  return [
    "## Reach",
    "",
    "The most that policy lets it ask for. Conditions on the request count as true, so this is an upper bound: each is named after `given`.",
    "",
    ...(permits.length === 0 ? ["Nothing: no policy permits it anything."] : permits.flatMap(permit)),
    ...(except.length === 0 ? [] : ["", "But never:", "", ...except.flatMap(permit)]),
    ...(sometimes.length === 0
      ? []
      : [
          "",
          "Forbids that go by the request narrow it further, and are not counted:",
          "",
          ...sometimes.flatMap(permit),
        ]),
  ].join("\n");
}

const permit = ({ policy, reach: parts, needs }: PolicyInWords): readonly string[] => [
  `- ${asCode(policy)}${needs ? `, with terms: ${inMarkdown(needs)}` : ""}`,
  ...parts.map((part) => `  - ${asCode(part)}`),
];

function delegation({ delegation: { to_it, from_it, rules, naming_it, limits } }: AgentModel): string {
  const items = [...rules, ...naming_it].map(
    ({ policy, effect, says }) => `${effect} ${asCode(policy)}: ${asCode(says)}`,
  );
  return section("Delegation", [
    inMarkdown(to_it),
    inMarkdown(from_it),
    `At most ${limits.depth} levels below a root, ${limits.children} live tasks right below one, ${limits.pending} unused tokens of one.`,
    ...items,
  ]);
}

const onBehalf = ({ on_behalf_of: { issuers, policies, in_words } }: AgentModel): string =>
  section("On behalf of people", [
    inMarkdown(in_words),
    ...(issuers.length === 0
      ? []
      : policies.map(({ policy, people }) => `${asCode(policy)} permits people some of it: ${asCode(people)}`)),
  ]);

/** Renders what an acceptance names: each hash, and the lines of its content. */
const accepted = ({ accepted: all }: AgentModel): string =>
  [
    "## What an acceptance names",
    "",
    "Each hash is of the lines below it, and of nothing else. Another line makes an acceptance stale.",
    ...all.flatMap(({ of, sha256, lines }) => [
      "",
      `### ${inMarkdown(capital(of))}`,
      "",
      `- SHA-256: ${asCode(sha256)}`,
      ...lines.map((line) => `- ${asCode(line)}`),
    ]),
  ].join("\n");

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const section = (title: string, items: readonly string[], otherwise = "None."): string =>
  [`## ${title}`, "", ...(items.length === 0 ? [otherwise] : items.map((item) => `- ${item}`))].join("\n");

/** Escapes a text for Markdown: no character has a meaning in Markdown, in HTML, or on a terminal. */
const inMarkdown = (text: string): string =>
  visibleText(text).replace(/[\\`*_{}[\]<>#|~&!$@]|:(?=\/\/)|(?<=www)\.|^[-+=](?=\s|$)|(?<=^\d+)[.)]/gi, "\\$&");

/** Writes a text as code, with a fence that is longer than its backticks. */
function asCode(text: string): string {
  const seen = visibleText(text);
  const runs = [...seen.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  const pad = /^[` ]|[` ]$|^$/.test(seen) ? " " : "";
  return `${fence}${pad}${seen}${pad}${fence}`;
}
