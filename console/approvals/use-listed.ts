import type { ReadAnswer } from "../../contract/operations.ts";
import { type Answered, call } from "../api.ts";
import { type Polled, usePolled } from "../parts/use-polled.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";

/** Upper bound on the pages of one look. The rest is shown once people have decided about the first. */
const MOST_PAGES = 4;

/** Answer of the list of requests. With `next`, further requests follow. */
export type ListedPage = ReadAnswer<"GET /v1/approvals">;

/**
 * Reads the requests with these statuses on which the person may act, page by page, and again every 5 seconds. A page may hold none and have a next one:
 * requests on which others may act were read for it.
 */
export function useListed(
  statuses: string,
  { settings, session }: { readonly settings: ConsoleSettings; readonly session: Session },
): Polled<ListedPage> {
  const path = `/v1/approvals?status=${statuses}`;
  const read = (after?: string): Promise<Answered<ListedPage>> =>
    call(settings.api, after === undefined ? path : `${path}&after=${encodeURIComponent(after)}`, session.token);
  const readAll = async (): Promise<Answered<ListedPage>> => {
    let whole = await read();
    for (let page = 1; page < MOST_PAGES && whole.value.next !== undefined; page += 1) {
      const { value, clockAheadMs } = await read(whole.value.next);
      whole = { value: { ...value, approvals: [...whole.value.approvals, ...value.approvals] }, clockAheadMs };
    }
    return whole;
  };
  return usePolled(readAll, `${session.token} ${path}`);
}
