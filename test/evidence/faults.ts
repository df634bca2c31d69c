import type { Attack, Control } from "../../client/audit/controls/control.ts";
import { FRAMEWORKS } from "../../client/audit/controls/frameworks.ts";
import { partsOf, resultsOf, type TestResults } from "./test-results.ts";

/** Reads a file of the repository; undefined where it does not exist. */
export type ReadFile = (path: string) => string | undefined;

/**
 * Lists the faults of the controls themselves: verdicts, places of the code, switches. `resultFaults` judges the results
 * of a run.
 */
export const faultsOf = (controls: readonly Control[], read: ReadFile): readonly string[] => [
  ...controls.flatMap((control) =>
    [...verdictFaults(control, controls), ...placeFaults(control, read), ...switchFaults(control, read)].map(
      (fault) => `${control.id}: ${fault}`,
    ),
  ),
];

/** True where each met control of the framework needs attacks of its own. */
const isAttacked = ({ framework }: Control): boolean =>
  FRAMEWORKS.some(({ name, attacked }) => name === framework && attacked);

function verdictFaults(control: Control, controls: readonly Control[]): readonly string[] {
  const { verdict, attacks, through = [], limits, mechanism } = control;
  const spoken = through.map((id) => [id, controls.find((each) => each.id === id)?.verdict] as const);
  const isMet = verdict === "met";
  return [
    ...(!isMet && !limits ? [`It is ${verdict}, and "limits" does not say what is missing.`] : []),
    ...(isMet && limits ? [`It is met, and "limits" names what is missing.`] : []),
    ...(isMet && attacks.length + through.length === 0 ? ["It is met, and nothing attacks it."] : []),
    ...(isMet && isAttacked(control) && attacks.length === 0 ? ["It is met without an attack of its own."] : []),
    ...(isMet && isAttacked(control) && mechanism.length === 0 ? ["It is met without a mechanism."] : []),
    ...(isMet
      ? spoken.flatMap(([id, found]) => (found === "met" ? [] : [`It is met through ${id}, which is not.`]))
      : []),
    ...attacks.flatMap(({ test, without }: Partial<Attack>) =>
      without ? [] : [`Nothing says how "${test}" turns red: an attack needs a switch.`],
    ),
  ];
}

const placeFaults = ({ mechanism, attacks }: Control, read: ReadFile): readonly string[] => [
  ...mechanism.flatMap((place) => {
    const [file = "", symbol = ""] = place.split("#");
    const text = read(file);
    if (text === undefined) return [`${file} does not exist.`];
    return declares(text, symbol) ? [] : [`${file} declares no ${symbol || "symbol, and the control names none"}.`];
  }),
  ...attacks.flatMap(({ test }) => {
    const { file, title } = partsOf(test);
    const text = read(file);
    if (text === undefined) return [`${file} does not exist.`];
    return mayHaveTest(text, title) ? [] : [`${file} has no test "${title}".`];
  }),
];

/**
 * True where each title of the path is in the source, or fits a text with placeholders there (`refuses %s`). The last title may be cut short. A renamed test
 * is so found without a run.
 */
function mayHaveTest(source: string, path: string): boolean {
  const texts = [...source.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)].map(
    ([, one, other]) => one ?? other ?? "",
  );
  return path.split(" > ").every((title) => source.includes(title) || texts.some((text) => fits(title, text)));
}

/** Placeholder in the title of a table's test, or in a template. */
const PLACEHOLDER = /%[sdifjo]|\$\w+|\$\{[^}]*\}/;

function fits(title: string, text: string): boolean {
  const [first = "", ...others] = text.split(PLACEHOLDER);
  const isNamed = [first, ...others].some((part) => part.trim() !== "" && title.includes(part));
  return others.length > 0 && isNamed && title.startsWith(first);
}

/** True where the source declares the name at its top level. */
const declares = (text: string, symbol: string): boolean =>
  /^\w+$/.test(symbol) &&
  new RegExp(`^(?:export )?(?:async )?(?:function|const|class|interface|type) ${symbol}\\b`, "m").test(text);

/**
 * Lists the faults of a control's switches. A switch changes a mechanism of the control, in one place. Each mechanism
 * of a met control has a switch.
 */
function switchFaults(control: Control, read: ReadFile): readonly string[] {
  const { mechanism, attacks, verdict } = control;
  const switches = attacks.flatMap(({ without }: Partial<Attack>) => without ?? []);
  const files = mechanism.map((place) => place.split("#")[0]);
  const never = files.filter((file) => !switches.some((each) => each.file === file));
  return [
    ...switches.flatMap(({ file, find, put }) => {
      const times = (read(file) ?? "").split(find).length - 1;
      return [
        ...(files.includes(file) ? [] : [`${file} is switched off and is no mechanism.`]),
        ...(times === 1 ? [] : [`${file} has "${find}" ${times} times, and a switch needs it once.`]),
        ...(find === put ? [`The switch in ${file} changes nothing.`] : []),
      ];
    }),
    ...(verdict === "met" && isAttacked(control) ? never.map((file) => `No attack switches ${file} off.`) : []),
  ];
}

/** Lists the attacks that a run left out, or that failed. */
export const resultFaults = (controls: readonly Control[], results: TestResults): readonly string[] =>
  controls.flatMap(({ id, attacks }) =>
    attacks.flatMap(({ test }) => {
      const found = resultsOf(test, results);
      if (found.length === 0) return [`${id}: no test of the run is "${test}".`];
      return found.flatMap(({ title, status }) => (status === "passed" ? [] : [`${id}: "${title}" is ${status}.`]));
    }),
  );
