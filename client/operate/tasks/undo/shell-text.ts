import { counted } from "../../../../contract/decision/counted.ts";
import { plainLine } from "../../../../contract/decision/plain-line.ts";
import { quotedWord } from "../../../../contract/decision/typed-command.ts";
import { visibleText } from "../../../../contract/decision/visible-text.ts";
import { joined, type Shown } from "../../print/shown.ts";
import type { PlannedObject, UndoPlan } from "./plan.ts";

/**
 * Writes a plan as a text for sh, with a command line for each step and everything else as comments. Every text of others
 * is one quoted word, in comments too: a shell at a terminal may take a comment for a command.
 */
export function shellTextOf(plan: UndoPlan): Shown {
  const { task, agent, made_at: madeAt, objects, others, not_visible: unseen } = plan;
  const steps = objects.filter(({ commands }) => commands.length > 0);
  const rest = objects.filter(({ commands }) => commands.length === 0);
  const lines = [
    note("Way back of task", quoted(task), "of agent", quoted(agent), "as of", quoted(madeAt)),
    note("Nothing was run. Read the last lines first."),
    ...titled("Objects of S3", steps.flatMap(stepOf)),
    ...titled(
      "Objects without a command",
      rest.flatMap((each) => [note(...nameOf(each)), note("  ", quoted(each.says))]),
    ),
    ...titled(
      "Other changes, and what AWS keeps",
      others.flatMap(({ action, resource, aws_keeps: kept }) => [
        note(quoted(action), "on", quoted(resource)),
        note("  ", quoted(kept)),
      ]),
    ),
    ...titled(
      "Not visible",
      unseen.map(({ what, why }) => note(quoted(what), quoted(why))),
    ),
    ...titled("Check first", checksOf(plan, steps.length > 0)),
  ];
  return joined([...lines, ""], "\n");
}

const quoted = (text: string): string => quotedWord(visibleText(text));

const note = (...words: readonly string[]): string => `# ${words.join(" ")}`;

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", note(title), ...lines];

const nameOf = ({ bucket, key }: PlannedObject): readonly string[] => [quoted(bucket), quoted(key)];

function stepOf(object: PlannedObject): readonly string[] {
  const { tasks, calls, says, commands } = object;
  const lines = commands.map((words) => words.map(wordOf).join(" "));
  // A line that would not be printed as it is would name another object.
  if (lines.some((line) => plainLine(line) !== line))
    return [note(...nameOf(object)), note("   cannot be written here; see --json")];
  return [
    note(...nameOf(object), quoted(counted(calls, "call")), "by", quoted(tasks.join(" "))),
    note("  ", quoted(says)),
    ...lines,
  ];
}

/** Quotes the value of an option; the words of this program need no quotes. */
function wordOf(word: string): string {
  const at = word.indexOf("=");
  return at === -1 ? word : `${word.slice(0, at + 1)}${quotedWord(word.slice(at + 1))}`;
}

function checksOf(plan: UndoPlan, hasSteps: boolean): readonly string[] {
  const { settled, settled_at: at, tasks_not_read: unread } = plan;
  return [
    ...(at === undefined ? [note("The task is alive: end it first")] : []),
    ...(at === undefined || settled
      ? []
      : [note("Calls are reported until", quoted(at), "and this list may be incomplete before")]),
    ...(unread.length === 0 ? [] : [note("Not read are the ledgers of", quoted(unread.join(" ")))]),
    ...(hasSteps
      ? [
          note(
            "The plan is of now: make it again right before you run it. S3 refuses a copy or a deletion where the content has changed since",
          ),
          note(
            "Each object is one that you want back as it was: read the version before with aws s3api get-object --version-id",
          ),
          note("A copy brings content, metadata and tags back, and neither ACL, storage class, encryption nor lock"),
          note("Whatever reads these buckets may take each step for a new change"),
          note(
            "A copy and a deletion add to the versions of an object. A removed delete marker is gone: a deletion makes another",
          ),
        ]
      : [note("There is nothing to run")]),
  ];
}
