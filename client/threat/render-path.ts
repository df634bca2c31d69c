import { wrapped } from "../wrapped.ts";
import { mermaidOf } from "./mermaid.ts";
import type { PathModel } from "./path-model.ts";
import { timeInWords } from "./time-in-words.ts";

/**
 * Renders the model of a path of the product as a page of docs/threats/. The texts are constants of the code, so
 * nothing is escaped.
 */
export function renderPath(model: PathModel): string {
  const { title, source, described, decided, attackers, ends, controls, layer, residual } = model;
  const covering = controls.map(({ id, title: name, verdict }) => `${id} ${name} (${verdict})`).join(", ");
  return `${[
    `# Threats: ${title}`,
    `<!-- Written by \`npm run threats\` from ${source}. -->`,
    `[What it is](../${described.slice("docs/".length)}); [the controls](../evidence.md); [an agent's own model](../threat-models.md).`,
    `\`\`\`mermaid\n${mermaidOf(model.edges)}\`\`\``,
    section("What policy decides", decided),
    ...attackers.map(({ who, can, cannot, seconds }) =>
      section(capital(who), [
        `Can: ${can}`,
        `Cannot: ${cannot}`,
        seconds === null ? "For as long as its provider takes it." : `For ${timeInWords(seconds)} at most.`,
      ]),
    ),
    section("How it ends", ends),
    section("Covered by", [`${covering}; MAESTRO ${layer}`]),
    section("Left", residual),
  ].join("\n\n")}\n`;
}

const section = (title: string, items: readonly string[]): string =>
  [`## ${title}`, "", ...items.map((item) => wrapped(`- ${item}`, "  "))].join("\n");

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
