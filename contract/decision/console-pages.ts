import { GIVEN_TASK_ID } from "../names.ts";

/**
 * Addresses of the console's pages, by page. One group captures what a page shows. The function that serves the console answers these paths and no others;
 * `console/pages.tsx` holds the component of each.
 */
const ADDRESSES = {
  now: /^\/(?:now)?$/,
  task: new RegExp(`^/tasks/(${GIVEN_TASK_ID.source.slice(1, -1)})$`),
  approvals: /^\/approvals$/,
  approval: /^\/approvals\/([\w-]{1,128})$/,
  consents: /^\/consents(?:\/([\w.%|=&:+~!*'()-]{1,1024}))?$/,
  agents: /^\/agents$/,
  agent: /^\/agents\/([a-z0-9-]{1,64})$/,
  policies: /^\/policies(?:\/([\w.#%@:+~-]{1,512}))?$/,
  explain: /^\/explain(?:\/([a-z0-9-]{1,64}))?$/,
  audit: /^\/audit(?:\/([\w.%|=&:+~-]{1,1024}))?$/,
  escalations: /^\/escalations(?:\/([\w.=-]{1,128}))?$/,
  panic: /^\/panic$/,
  act: /^\/act$/,
  trial: /^\/sign-in\/([a-z0-9-]{2,32})$/,
  callback: /^\/callback$/,
} as const;

export type PageName = keyof typeof ADDRESSES;

/** Page that an address names. */
export interface PageAddress {
  readonly name: PageName;
  /** Id of what the page shows; empty where the page shows no single thing. */
  readonly id: string;
}

/** Finds the page of a path; undefined where there is none. */
export function pageAt(path: string): PageAddress | undefined {
  for (const [name, address] of Object.entries(ADDRESSES)) {
    const [whole, id = ""] = address.exec(path) ?? [];
    if (whole !== undefined) return { name: name as PageName, id };
  }
  return undefined;
}
