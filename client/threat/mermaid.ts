import { visibleText } from "../../contract/decision/visible-text.ts";
import type { AgentModel } from "./model.ts";
import type { Edge } from "./path-model.ts";
import { timeInWords } from "./time-in-words.ts";

/** Writes edges as a flowchart of Mermaid, and escapes their texts. */
export function mermaidOf(edges: readonly Edge[]): string {
  const names = [...new Set(edges.flatMap(({ who, whom }) => [who, whom]))];
  return [
    "flowchart LR",
    ...names.map((name, index) => `  n${index}["${inMermaid(name)}"]`),
    ...edges.map(({ who, what, whom }) => `  n${names.indexOf(who)} -->|"${inMermaid(what)}"| n${names.indexOf(whom)}`),
    "",
  ].join("\n");
}

/**
 * Writes characters as entities (`#35;`), except letters, digits and some marks. Then no text ends a label, or is read
 * as HTML or Markdown.
 */
export const inMermaid = (text: string): string =>
  visibleText(text).replace(/[^\p{L}\p{N} .,/:-]/gu, (each) => `#${each.codePointAt(0)};`);

/** Makes the edges of an agent's model: its tokens, its reach, the people who approve, and those for whom it acts. */
export function edgesOf({
  agent,
  bindings,
  policies,
  approvals,
  on_behalf_of,
  credentials,
}: AgentModel): readonly Edge[] {
  const name = `agent ${agent.id}`;
  const token = (issuer: string) => credentials.find(({ credential }) => credential === `OIDC token of ${issuer}`);
  return [
    ...bindings.map(({ issuer, claims }) => {
      const held = Object.entries(claims).map(([claim, value]) => `${claim} is ${value}`);
      const seconds = token(issuer)?.seconds;
      const time = seconds === undefined || seconds === null ? "" : `, ${timeInWords(seconds)}`;
      return { who: `issuer ${issuer}`, what: `token: ${held.join(", ")}${time}`, whom: name };
    }),
    ...policies.permits.flatMap(({ policy, reach }) => {
      const approval = approvals.find((each) => each.policy === policy);
      const people = approval && `people: ${approval.waits_for}`;
      return [
        ...(people === undefined ? [] : [{ who: name, what: policy, whom: people }]),
        ...reach.map((part) => ({ who: people ?? name, what: policy, whom: part })),
      ];
    }),
    ...on_behalf_of.issuers.map((issuer) => ({ who: `people of ${issuer}`, what: "on behalf of", whom: name })),
    { who: "any agent with a live task", what: "delegation token", whom: name },
    { who: name, what: "delegation token", whom: "any registered agent" },
  ];
}
