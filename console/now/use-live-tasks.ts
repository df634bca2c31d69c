import { useRef, useState } from "preact/hooks";
import type { AccountNames } from "../../contract/decision/account-names.ts";
import type { Read } from "../../contract/operation.ts";
import type { ShownTask, TaskList } from "../../contract/tasks.ts";
import { defined } from "../../functions/core/defined.ts";
import { type Answered, type ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { usePolled } from "../parts/use-polled.ts";
import { isCovered, pageOf, rowsOf, withPage } from "./task-pages.ts";

interface LiveTasks {
  /** Tasks that have been read so far. */
  readonly tasks: readonly Read<ShownTask>[];
  /** Names of the tasks' accounts. */
  readonly names: AccountNames;
  /** True where there are more tasks. */
  readonly hasMore: boolean;
  readonly isRead: boolean;
  readonly fault?: ApiFault;
  /** Reads the visible rows again. */
  readonly again: () => void;
  /** Sets the visible rows. These are read, and read again every 5 seconds. */
  readonly see: (first: number, last: number) => void;
}

/** Pages of the last list, which are shown at once when the person returns to the page. Only in this document's memory. */
let lastPages: Pages | undefined;

interface Pages {
  /** Token and agent of the pages. */
  readonly of: string;
  list: readonly Read<TaskList>[];
}

/** Reads the live tasks of all agents or of one, page by page, as far as the person has scrolled. @param agent empty for all agents. */
export function useLiveTasks(agent: string, { settings, session }: Pick<PageProps, "settings" | "session">): LiveTasks {
  const of = `${session.token} ${agent}`;
  if (lastPages?.of !== of) lastPages = { of, list: [] };
  const pages = lastPages;
  const seen = useRef({ first: 0, last: 20 });
  const isReading = useRef(false);
  const [, draw] = useState(0);

  const read = async (): Promise<Answered<readonly Read<TaskList>[]>> => {
    isReading.current = true;
    try {
      let clockAheadMs = 0;
      let nth = pageOf(pages.list, seen.current.first);
      do {
        const after = nth === 0 ? undefined : pages.list[nth - 1]?.next;
        const answer = await call<Read<TaskList>>(settings.api, pathOf(agent, after), session.token);
        clockAheadMs = answer.clockAheadMs;
        pages.list = withPage(pages.list, nth, answer.value);
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
      names: Object.assign({}, ...pages.list.map((page) => page.account_names)) as AccountNames,
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
  const query = new URLSearchParams({ ...(agent === "" ? {} : { agent }), ...defined({ after }) });
  return query.size === 0 ? "/v1/tasks" : `/v1/tasks?${query}`;
}
