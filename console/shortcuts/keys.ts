import type { Section } from "../pages.tsx";

/** Key of each entry of the navigation, pressed after `g`. */
export const KEYS = {
  Now: "n",
  Approvals: "a",
  Consents: "c",
  Agents: "g",
  Policies: "p",
  Audit: "u",
  Panic: "x",
} as const satisfies Readonly<Record<Section, string>>;

/** Longest pause between `g` and the key of a page; milliseconds. */
const PAUSE_MS = 1_500;

/** Pressed key, as far as shortcuts read it. */
export type Pressed = Pick<
  KeyboardEvent,
  "key" | "ctrlKey" | "metaKey" | "altKey" | "repeat" | "isComposing" | "timeStamp"
>;

/** Effect of a pressed key: the list of shortcuts, the search of the page, or another page. */
export type Effect = "list" | "search" | { readonly section: Section };

/** Reads keys one after another. Keeps the time of the last `g`. No shortcut does anything but show: none acts. */
export class KeyReader {
  #goAtMs = Number.NEGATIVE_INFINITY;

  /** Returns the effect of a key; undefined for a key that is no shortcut. */
  read({ key, ctrlKey, metaKey, altKey, repeat, isComposing, timeStamp }: Pressed): Effect | undefined {
    const isAfterGo = timeStamp - this.#goAtMs <= PAUSE_MS;
    this.#goAtMs = Number.NEGATIVE_INFINITY;
    if (ctrlKey || metaKey || altKey || repeat || isComposing) return undefined;
    if (isAfterGo) {
      const section = (Object.keys(KEYS) as Section[]).find((each) => KEYS[each] === key.toLowerCase());
      if (section !== undefined) return { section };
    }
    if (key === "g") this.#goAtMs = timeStamp;
    return key === "?" ? "list" : key === "/" ? "search" : undefined;
  }
}
