import { useEffect, useState } from "preact/hooks";
import { ApiFault, call } from "../api.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";

/** Answer to one read, or the fault. */
export interface Read<T> {
  readonly value?: T;
  readonly fault?: ApiFault;
}

/**
 * Reads a path once, for answers that change only with a deployment or an act. Reads again when the network is back. Keeps its answer where a later read fails.
 * @param path undefined to read nothing.
 * @param eachMs pause between two reads of a visible page, for answers that change by themselves; milliseconds.
 */
export function useOnce<T>(
  path: string | undefined,
  { settings, session }: { readonly settings: ConsoleSettings; readonly session: Session },
  eachMs?: number,
): Read<T> {
  const [read, setRead] = useState<Read<T>>({});
  useEffect(() => {
    setRead({});
    if (path === undefined) return;
    let isOver = false;
    const look = async (): Promise<void> => {
      try {
        const { value } = await call<T>(settings.api, path, session.token);
        if (!isOver) setRead({ value });
      } catch (error) {
        if (!(error instanceof ApiFault)) throw error;
        if (!isOver) setRead((last) => (last.value === undefined ? { fault: error } : last));
      }
    };
    const lookAgain = (): void => void look();
    addEventListener("online", lookAgain);
    const timer = eachMs === undefined ? undefined : setInterval(() => document.hidden || lookAgain(), eachMs);
    lookAgain();
    return () => {
      isOver = true;
      clearInterval(timer);
      removeEventListener("online", lookAgain);
    };
  }, [path, session.token]);
  return read;
}
