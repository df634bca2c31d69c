import { useEffect, useState } from "preact/hooks";
import { nowMs } from "../state.ts";

/** Returns the current time by the API's clock, updated each second; epoch milliseconds. */
export function useNow(): number {
  const [now, setNow] = useState(nowMs());
  useEffect(() => {
    const timer = setInterval(() => setNow(nowMs()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
