import { useRef, useState } from "preact/hooks";
import { type ApiFault, call, type Told } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { usePolled } from "../parts/use-polled.ts";
import type { TaskAnswer, TaskPage } from "../tasks/answers.ts";
import { isCovered, pageOf, rowsOf, withPage } from "./task-pages.ts";

interface LiveTasks {
  /** Tasks that were read so far. */
  readonly tasks: readonly TaskAnswer[];
  /** True where there are more. */
  readonly hasMore: boolean;
  readonly isRead: boolean;
  readonly fault?: ApiFault;
  /** Reads anew what is seen. */
  readonly again: () => void;
  /** Says which rows are seen: those are read, and read again every 5 seconds. */
  readonly see: (first: number, last: number) => void;
}

/** Pages that were read last, of the list that was shown last: coming back to the page shows them at once. In this document's memory alone. */
let kept: Pages | undefined;

interface Pages {
  /** Token and agent that they were read for. */
  readonly of: string;
  list: readonly TaskPage[];
}

/** Live tasks of all agents, or of one, page by page: as far as the person has looked. @param agent every agent where it is empty. */
export function useLiveTasks(agent: string, { settings, session }: Pick<PageProps, "settings" | "session">): LiveTasks {
  const of = `${session.token} ${agent}`;
  if (kept?.of !== of) kept = { of, list: [] };
  const pages = kept;
  const seen = useRef({ first: 0, last: 20 });
  const isReading = useRef(false);
  const [, draw] = useState(0);

  const read = async (): Promise<Told<readonly TaskPage[]>> => {
    isReading.current = true;
    try {
      let clockAheadMs = 0;
      let nth = pageOf(pages.list, seen.current.first);
      do {
        const after = nth === 0 ? undefined : pages.list[nth - 1]?.next;
        const told = await call<TaskPage>(settings.api, pathOf(agent, after), session.token);
        clockAheadMs = told.clockAheadMs;
        pages.list = withPage(pages.list, nth, told.value);
        nth += 1;
        draw((count) => count + 1);
      } while (!isCovered(pages.list.slice(0, nth), seen.current.last));
      return { value: pages.list, clockAheadMs };
    } finally {
      isReading.current = false;
    }
  };
  const { fault, again } = usePolled(read, of);
  return {
    ...{
      tasks: rowsOf(pages.list),
      hasMore: pages.list.at(-1)?.next !== undefined,
      isRead: pages.list.length > 0,
      again,
    },
    ...(fault ? { fault } : {}),
    see: (first, last) => {
      seen.current = { first, last };
      if (!isReading.current && !isCovered(pages.list, last)) again();
    },
  };
}

function pathOf(agent: string, after: string | undefined): string {
  const query = new URLSearchParams({ ...(agent === "" ? {} : { agent }), ...(after === undefined ? {} : { after }) });
  return query.size === 0 ? "/v1/tasks" : `/v1/tasks?${query}`;
}
