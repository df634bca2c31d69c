import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface VirtualListProps {
  readonly count: number;
  readonly label: string;
  /** Height of every row, in rem, in a wide and in a narrow window. */
  readonly rowRem: { readonly wide: number; readonly narrow: number };
  /** Row of an index: its key and its content. */
  readonly row: (index: number) => { readonly key: string; readonly children: ComponentChildren };
  /** Called with the visible rows, and some around them. */
  readonly onRange: (first: number, last: number) => void;
}

/** Number of rows that are drawn above and below the visible ones, so that the keyboard finds the next one. */
const AROUND = 6;
const NARROW = "(max-width: 44rem)";

/** List that draws only its visible rows, so that thousands of rows cost as much as twenty. Scrolls with the page. */
export function VirtualList({ count, label, rowRem, row, onRange }: VirtualListProps) {
  const list = useRef<HTMLUListElement>(null);
  const [seen, setSeen] = useState({ first: 0, last: 20, height: 80 });
  useEffect(() => {
    let frame = 0;
    const look = (): void => {
      frame = 0;
      if (!list.current) return;
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      const height = (matchMedia(NARROW).matches ? rowRem.narrow : rowRem.wide) * rem;
      const top = list.current.getBoundingClientRect().top;
      const first = Math.max(0, Math.floor(-top / height) - AROUND);
      const last = Math.ceil((innerHeight - top) / height) + AROUND;
      setSeen((before) =>
        before.first === first && before.last === last && before.height === height ? before : { first, last, height },
      );
    };
    const lookSoon = (): void => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    const resized = new ResizeObserver(lookSoon);
    resized.observe(document.body);
    addEventListener("scroll", lookSoon, { passive: true });
    addEventListener("resize", lookSoon);
    return () => {
      cancelAnimationFrame(frame);
      resized.disconnect();
      removeEventListener("scroll", lookSoon);
      removeEventListener("resize", lookSoon);
    };
  }, []);
  const last = Math.min(seen.last, count - 1);
  useEffect(() => onRange(seen.first, last), [seen.first, last]);
  const drawn = Array.from({ length: Math.max(0, last - seen.first + 1) }, (_, nth) => seen.first + nth);
  return (
    // biome-ignore lint/a11y/noRedundantRoles: a list without markers is none to Safari unless it says so.
    <ul ref={list} class="virtual" role="list" aria-label={label} style={heightOf(count * seen.height)}>
      {drawn.map((index) => {
        const { key, children } = row(index);
        return (
          <li key={key} aria-setsize={count} aria-posinset={index + 1} style={placeOf(index, seen.height)}>
            {children}
          </li>
        );
      })}
    </ul>
  );
}

const heightOf = (height: number) => ({ height: `${height}px` });
const placeOf = (index: number, height: number) => ({
  height: `${height}px`,
  top: `${index * height}px`,
});
