import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface NoticeProps {
  readonly tone: "good" | "bad" | "plain";
  readonly title?: string;
  /** True where the person waits for this notice, which then takes the focus. */
  readonly isAwaited?: boolean;
  readonly children?: ComponentChildren;
}

/** Sentence about what happened, and what to do. Screen readers read it out at once. */
export function Notice({ tone, title, isAwaited, children }: NoticeProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (isAwaited) box.current?.focus();
  }, [isAwaited]);
  return (
    <div ref={box} class={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"} tabIndex={-1}>
      {title && <p class="notice-title">{title}</p>}
      {children}
    </div>
  );
}
