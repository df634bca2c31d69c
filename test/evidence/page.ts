import type { Attack, Control } from "../../client/audit/controls/control.ts";
import { FRAMEWORKS, type Framework } from "../../client/audit/controls/frameworks.ts";
import { wrapped } from "../../client/wrapped.ts";
import { attackHash, type SeenRed } from "./sensitivity.ts";
import { partsOf } from "./test-results.ts";

const SAID: Readonly<Record<Control["verdict"], string>> = {
  met: "met",
  partly: "partly met",
  not_ours: "not valetkey's",
  gap: "missing",
};

/**
 * Renders `docs/evidence.md`, in which every attack has passed: the page is written only after such a run.
 * @param seen runs in which a mechanism was switched off.
 */
export const renderPage = (controls: readonly Control[], seen: readonly SeenRed[]): string =>
  [INTRODUCTION, summary(controls), ...FRAMEWORKS.map((framework) => section(framework, controls, seen))].join("\n\n") +
  "\n";

const INTRODUCTION = `# Evidence

<!-- Written by \`npm run evidence\` from client/audit/controls/. -->

Controls of ${FRAMEWORKS.length} frameworks, and for each one what valetkey claims, which code makes the claim true, which test attacks
it, and what is left to you. A claim counts as met only where a test could refute it: \`npm run evidence\` fails where a
file, a symbol or a test of this page is missing, skipped or red. Each attack has passed, and was red with its mechanism
switched off unless its line says otherwise (\`npm run evidence -- --sensitivity\`; \`.ci/run\` tries each attack whose test
or mechanism has changed since [the last run](../test/evidence/seen-red.json)).

The verdicts are the project's own. Nobody has certified them, and the product has not met AWS yet
(see [SECURITY.md](../SECURITY.md)).`;

function summary(controls: readonly Control[]): string {
  const rows = FRAMEWORKS.map(({ name }) => {
    const own = controls.filter(({ framework }) => framework === name);
    const count = (verdict: Control["verdict"]) => String(own.filter((each) => each.verdict === verdict).length);
    return row([name, count("met"), count("partly"), count("not_ours"), count("gap")]);
  });
  return [
    row(["framework", "met", "partly met", "not valetkey's", "missing"]),
    row(Array(5).fill("---")),
    ...rows,
  ].join("\n");
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function section(framework: Framework, controls: readonly Control[], seen: readonly SeenRed[]): string {
  const { name, source, attacked } = framework;
  const own = controls.filter((control) => control.framework === name);
  const entries = attacked ? own.map((control) => entry(control, seen)) : [tableOf(own, seen)];
  return [`## ${name}`, `Source: <${source}>`, ...entries].join("\n\n");
}

/**
 * Renders the controls of a framework that rest on the attacks of others as a table, with the attacks of their own below it. Controls that are not
 * valetkey's are named alone.
 */
const tableOf = (controls: readonly Control[], seen: readonly SeenRed[]): string => {
  const own = controls.flatMap(({ id, attacks }) =>
    attacks.map((attack) => wrapped(`- Attack of ${id}: ${attackOf(attack, seen)}`, "  ")),
  );
  const foreign = controls.filter(({ verdict }) => verdict === "not_ours").map(nameOf);
  return [
    row(["control", "verdict", "claim", "held by", "missing", "left to you"]),
    row(Array(6).fill("---")),
    ...controls
      .filter(({ verdict }) => verdict !== "not_ours")
      .map((control) => {
        const { verdict, claim, attacks, through = [], limits = "", yours } = control;
        const heldBy = [...through, ...(attacks.length > 0 ? ["an attack of its own"] : [])].join(", ");
        return row([nameOf(control), SAID[verdict], claim, heldBy, limits, yours]);
      }),
    ...(own.length > 0 ? ["", ...own] : []),
    ...(foreign.length > 0
      ? [
          "",
          wrapped(
            `Not valetkey's: ${foreign.join("; ")}. [The controls](../client/audit/controls/claims.ts) say what is left to you.`,
          ),
        ]
      : []),
  ].join("\n");
};

const nameOf = ({ id, title }: Control): string => (title === id ? id : `${id} ${title}`);

function entry(control: Control, seen: readonly SeenRed[]): string {
  const { id, title, verdict, claim, mechanism, attacks, through = [], limits, yours } = control;
  return [
    `### ${id} ${title}: ${SAID[verdict]}`,
    "",
    wrapped(claim),
    "",
    ...(mechanism.length > 0 ? [`- Mechanism: ${mechanism.map(linkOf).join(", ")}`] : []),
    ...attacks.map((attack) => `- Attack: ${attackOf(attack, seen)}`),
    ...(through.length > 0 ? [`- Held by: ${through.join(", ")}`] : []),
    ...(limits ? [`- Missing: ${limits}`] : []),
    `- Left to you: ${yours}`,
  ]
    .map((line) => (line.startsWith("- ") ? wrapped(line, "  ") : line))
    .join("\n");
}

const linkOf = (place: string): string => {
  const [file = "", symbol = ""] = place.split("#");
  return `[\`${symbol}\`](../${file})`;
};

/** Renders an attack that passed, with a remark where no run has seen it red. */
function attackOf(attack: Attack, seen: readonly SeenRed[]): string {
  const { file, title } = partsOf(attack.test);
  const isRed = seen.some((each) => each.attack === attackHash(attack));
  const unseenRed = isRed ? "" : ", never seen red with the mechanism switched off";
  return `[${title === "" ? file : `“${title.trim()}”`}](../${file})${unseenRed}`;
}
