import type { ComponentChildren } from "preact";
import type { Journal } from "../../contract/journal.ts";
import type { Read } from "../../contract/operation.ts";
import type { PageProps } from "../page-props.ts";
import { Link } from "../parts/link.tsx";
import { Loading } from "../parts/loading.tsx";
import { hourInWords, instantInWords } from "../parts/time-in-words.ts";
import { NotShown } from "../parts/unpermitted.tsx";
import { useOnce } from "../parts/use-once.ts";
import { nowMs } from "../state.ts";
import { Bars } from "./bars.tsx";
import { dayPath, plotInWords, rightsInWords, sumOf, tookInWords } from "./in-words.ts";

/** Pause between two reads; milliseconds. A read of the log costs more than one of the overview, and the log is signed each minute. */
const EACH_MS = 60_000;

type Answer = Pick<Read<Journal>, "counts" | "before" | "searched">;

/** Numbers of the last 24 hours from the signed log, with a plot by hour. Shows what policy lets the person read of the whole log, or that it does not. */
export function LastDay({ settings, session }: Pick<PageProps, "settings" | "session">) {
  const { value, fault } = useOnce<Answer>(dayPath(nowMs()), { settings, session }, EACH_MS);
  if (value && !value.counts) return null;
  return (
    <section aria-labelledby="last-day">
      <h2 id="last-day">Last 24 hours</h2>
      {!value && !fault && <Loading says="Counting the log…" rows={1} />}
      {fault && <NotShown fault={fault} />}
      {value?.counts && <Numbers answer={value} counts={value.counts} />}
    </section>
  );
}

interface NumbersProps {
  readonly answer: Answer;
  readonly counts: NonNullable<Answer["counts"]>;
}

function Numbers({ answer: { before, searched }, counts: { hours, dead } }: NumbersProps) {
  const isPart = before !== undefined;
  const rights = rightsInWords(hours);
  const plot = (of: readonly number[], tone: "good" | "bad") => (
    <>
      <Bars of={of} says={plotInWords(hours, of)} tone={tone} />
      <span class="axis" aria-hidden="true">
        <span>{hours[0] && hourInWords(Date.parse(hours[0].from))}</span>
        <span>now</span>
      </span>
    </>
  );
  const number = (name: "keys" | "denied" | "opened"): string =>
    `${isPart ? "≥ " : ""}${sumOf(hours, name).toLocaleString("en")}`;
  return (
    <>
      <ul class="numbers" aria-label="Numbers of the last 24 hours">
        <Figure
          name="Keys issued"
          value={number("keys")}
          plot={plot(
            hours.map(({ keys }) => keys),
            "good",
          )}
        >
          for {number("opened")} tasks
        </Figure>
        <Figure
          name="Denials"
          value={number("denied")}
          plot={plot(
            hours.map(({ denied }) => denied),
            "bad",
          )}
        >
          <Link to="/audit/denied=true">Who was refused what</Link>
        </Figure>
        <Figure name="Unused rights" value={rights.value} plot={plot(hours.map(unusedIn), "bad")}>
          {rights.says}
        </Figure>
        <Figure name="Median time to dead" value={dead ? tookInWords(dead.median_ms) : "–"}>
          {dead
            ? `from the end until IAM denied every key; slowest ${tookInWords(dead.slowest_ms)}, of ${dead.measured.toLocaleString("en")} ended tasks`
            : "no task with a key of AWS has ended"}
        </Figure>
      </ul>
      {isPart && searched.back_to !== undefined && (
        <p class="aside">Counted back to {instantInWords(searched.back_to)}: the day has more events than one read.</p>
      )}
    </>
  );
}

const unusedIn = ({ rights }: NumbersProps["counts"]["hours"][number]): number => rights?.unused ?? 0;

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly plot?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** One number, with its name, a plot, and a line about it. */
const Figure = ({ name, value, plot, children }: FigureProps) => (
  <li class="number">
    <span class="number-name">{name}</span>
    <strong>{value}</strong>
    {plot}
    <span class="number-says">{children}</span>
  </li>
);
