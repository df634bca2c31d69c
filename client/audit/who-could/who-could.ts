import { type ParsedArn, parseArn } from "../../../functions/core/catalogue/arn.ts";
import type { Catalogue } from "../../../functions/core/catalogue/catalogue.ts";
import type { CatalogueAction } from "../../../functions/core/catalogue/catalogue-action.ts";
import { expandActions } from "../../../functions/core/catalogue/expand-actions.ts";
import { fitting } from "../../../functions/core/catalogue/fitting.ts";
import { isProblem } from "../../../functions/core/catalogue/problem.ts";
import { defined } from "../../../functions/core/defined.ts";
import { loadCatalogue } from "../../../functions/load-catalogue.ts";
import { checkoutOf } from "../../files/checkout.ts";
import { ownCommand } from "../../own-command.ts";
import { shellWord } from "../../shell-quoting.ts";
import { insideOf } from "../about-resource.ts";
import {
  arnIn,
  EXIT,
  knownIn,
  momentIn,
  notPinned,
  pinnedKey,
  refusesTampered,
  type Screen,
  Usage,
  type Values,
  watched,
} from "../command-line.ts";
import { coverageOf } from "../coverage.ts";
import { grantsAround } from "../grants-around.ts";
import { withArchive } from "../open-archive.ts";
import { type PoliciesThen, policiesAt, stateAt } from "../state-at.ts";
import { type VerifiedArchive, verifyArchive } from "../verify-archive.ts";
import { answersFor } from "./answer.ts";
import { conditionsAt } from "./conditions-at.ts";
import { type FoundPolicies, policiesIn, policiesInRepository } from "./find-policies.ts";
import { unknownsOf } from "./unknowns.ts";
import { type WhoCould, whoCouldText } from "./who-could-text.ts";

/**
 * Answers which agents could do something to a resource at a moment: by the signed log, which is verified first, and by
 * the policies that were deployed then. A tampered log gets no answer.
 * @param words the archive and the ARN, in either order.
 * @throws {Usage} for a wrong command line, and for policies that are not those of the moment.
 */
export async function whoCould(words: readonly string[], values: Values, screen: Screen): Promise<number> {
  const { out, err } = screen;
  const { place, arn } = placeAndArn(words);
  const atMs = momentIn(values.at);
  const catalogue = loadCatalogue();
  const actions = actionsOn(arn, values.action, catalogue);
  const pinned = pinnedKey(values.key);
  const named = values.known === undefined ? [] : await knownIn(values.known);
  const archive = await withArchive(place, watched(screen), (source) =>
    verifyArchive(source, pinned, undefined, named),
  );
  const { events, verdict } = archive;
  if (verdict === "tampered") {
    err(refusesTampered(place));
    return EXIT.tampered;
  }
  const covers = coverageOf(events);
  if (covers && atMs < Date.parse(covers.from))
    throw new Usage(`the log begins at ${covers.from}, and knows nothing of a moment before: nobody can say who could`);
  const then = policiesAt(events, atMs);
  const found = policiesOf(then, values, watched(screen).say);
  const state = stateAt(events, atMs);
  const conditions = conditionsAt(events, atMs, found.made.deployment.conditions ?? []);
  const wanted = values.action && actions.map(({ name }) => name.toLowerCase());
  const grants = grantsAround(events, arn.text, atMs, wanted);
  const known = new Set(state.agents.map(({ id }) => id));
  const answer: WhoCould = {
    resource: arn.text,
    ...defined({ inside: insideThat(arn, catalogue) }),
    actions: values.action ? actions.map(({ name }) => name) : "any",
    at: new Date(atMs).toISOString(),
    log: logOf(archive),
    policies: { hash: found.made.manifest.hash, ...then, ...(found.commit ? { commit: found.commit } : {}) },
    conditions,
    agents: answersFor({ arn, actions }, state, found.made, grants, conditions),
    not_registered: state.later,
    other_grants: grants.filter(({ agent }) => !known.has(agent)),
    unknown: unknownsOf({ archive, state, policies: then, deployment: found.made.deployment, atMs, arn }),
  };
  out(
    values.json ? `${JSON.stringify(answer, null, 2)}\n` : whoCouldText(answer, commandAbout(place, values, answer.at)),
  );
  if (pinned === undefined) err(notPinned(archive.key));
  if (verdict !== "intact") err(`This archive is ${verdict}: see ${ownCommand()} audit verify ${shellWord(place)}\n`);
  return EXIT[verdict];
}

function placeAndArn(words: readonly string[]): { readonly place: string; readonly arn: ParsedArn } {
  const isArn = (word: string) => word.startsWith("arn:");
  const text = words.find(isArn);
  const [place, ...more] = words.filter((word) => word !== text);
  if (words.length === 2 && text === undefined) arnIn(words.find((word) => !word.startsWith("./")) ?? "", "who-could");
  if (text === undefined || place === undefined || more.length > 0)
    throw new Usage("who-could takes an ARN, and a folder or bucket: who-could ./archive arn:aws:s3:::acme-data/a.csv");
  const arn = parseArn(text);
  if (isProblem(arn)) throw new Usage(`${text}: ${arn.problem}`);
  return { place, arn };
}

/** Lists the actions that are looked for: the named ones, or every action that takes such an ARN. */
function actionsOn(
  arn: ParsedArn,
  patterns: readonly string[] | undefined,
  catalogue: Catalogue,
): readonly CatalogueAction[] {
  const isOn = (action: CatalogueAction) => fitting(action, arn).length > 0;
  if (patterns === undefined) return actionsOf(catalogue).filter(isOn);
  const expanded = expandActions(catalogue, patterns);
  if (isProblem(expanded)) throw new Usage(`--action: ${expanded.problem}`);
  const found = expanded.actions.filter(isOn);
  if (found.length === 0) throw new Usage(`--action: ${patterns.join(", ")} takes no resource such as ${arn.text}`);
  return found;
}

/** Lists every action of a catalogue. */
const actionsOf = (catalogue: Catalogue): readonly CatalogueAction[] =>
  catalogue.prefixes.flatMap((prefix) => {
    const service = catalogue.service(prefix);
    return (service?.names ?? []).flatMap((name) => service?.action(name) ?? []);
  });

/** Finds the pattern of the resources inside of one that have a type of their own, such as a bucket's objects. */
function insideThat(arn: ParsedArn, catalogue: Catalogue): string | undefined {
  // A recovery point of AWS Backup has an ARN of any service's form.
  const all = actionsOf(catalogue).filter(({ name }) => name.startsWith(`${arn.service}:`));
  return insideOf(arn.text).find((text) => {
    const inside = parseArn(text);
    if (isProblem(inside)) return false;
    return all.some((action) => {
      const own = fitting(action, arn);
      return fitting(action, inside).some((type) => !own.includes(type));
    });
  });
}

/** Words the same question about another ARN. `--action` is left out: an action takes one type of resource. */
const commandAbout =
  (place: string, { at, key, known, policies, config, repository }: Values, moment: string) =>
  (arn: string): string => {
    const options = { at: at === undefined ? undefined : moment, key, known, policies, config, repository };
    const words = Object.entries(defined(options)).flatMap(([name, value]) => [`--${name}`, value]);
    return `${ownCommand()} audit who-could ${[place, arn, ...words].map((word) => shellWord(word)).join(" ")}`;
  };

/** Finds the policies of the moment, by the hash in the log. */
function policiesOf(
  { before, after }: PoliciesThen,
  { policies, config, repository }: Values,
  say: (line: string) => void,
): FoundPolicies {
  const named = before ?? after;
  if (!named) throw new Usage("no event of this log names the policies by which it was decided");
  // In a repository the names are relative to it, and those of the environment are not.
  const place = checkoutOf({ policies, config }, repository === undefined ? process.env : {});
  return repository === undefined
    ? policiesIn(place, named.hash, named.at)
    : policiesInRepository(repository, place, named, say);
}

const logOf = ({ verdict, origin, size }: VerifiedArchive) => ({ verdict, origin: origin ?? "unknown", size });
