import { useEffect, useRef, useState } from "preact/hooks";
import { ApiFault, type Told } from "../api.ts";
import { clockAheadMs, isOffline } from "../state.ts";

/** Pause between two looks; milliseconds. */
const EACH_MS = 5_000;
/** Longest pause while there is no answer; milliseconds. */
const MOST_MS = 15_000;

export interface Polled<T> {
  readonly value?: T;
  /** Refusal, after which nothing is asked again. */
  readonly fault?: ApiFault;
  /** Asks at once. */
  readonly again: () => void;
}

/**
 * Asks again every 5 seconds, at once when the page is seen again or the network is back, and not while the page is hidden. What was seen last stays while
 * there is no answer.
 * @param load asks once.
 * @param key asks anew when it changes.
 * @param first shown until the first answer.
 */
export function usePolled<T>(load: () => Promise<Told<T>>, key: string, first?: T): Polled<T> {
  const [polled, setPolled] = useState<Omit<Polled<T>, "again">>(shownFirst(first));
  const now = useRef(() => {});
  useEffect(() => {
    let [isOver, failures, timer]: [boolean, number, ReturnType<typeof setTimeout> | undefined] = [false, 0, undefined];
    const look = async (): Promise<void> => {
      clearTimeout(timer);
      if (isOver || document.hidden) return;
      try {
        const { value, clockAheadMs: ahead } = await load();
        if (isOver) return;
        failures = 0;
        isOffline.value = false;
        clockAheadMs.value = ahead;
        setPolled({ value });
      } catch (error) {
        if (isOver) return;
        if (!(error instanceof ApiFault)) throw error;
        if (error.kind === "refused" || error.kind === "signed_out") {
          isOver = true;
          setPolled((last) => ({ ...last, fault: error }));
          return;
        }
        failures += 1;
        isOffline.value = true;
      }
      clearTimeout(timer);
      timer = setTimeout(look, failures === 0 ? EACH_MS : Math.min(MOST_MS, 1_000 * 2 ** failures));
    };
    const lookAgain = (): void => void look();
    now.current = lookAgain;
    document.addEventListener("visibilitychange", lookAgain);
    addEventListener("online", lookAgain);
    setPolled(shownFirst(first));
    lookAgain();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", lookAgain);
      removeEventListener("online", lookAgain);
    };
  }, [key]);
  return { ...polled, again: () => now.current() };
}

const shownFirst = <T>(first: T | undefined) => (first === undefined ? {} : { value: first });
