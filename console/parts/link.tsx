import type { ComponentChildren } from "preact";
import { goTo } from "../state.ts";

interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly "aria-current"?: "page" | "true";
  readonly children: ComponentChildren;
}

/** Link within the console. A plain click keeps the document, and so the sign-in. */
export const Link = ({ to, children, ...rest }: LinkProps) => (
  <a
    {...rest}
    href={to}
    onClick={(event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
      event.preventDefault();
      goTo(to);
    }}
  >
    {children}
  </a>
);
