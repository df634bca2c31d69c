import type { ShownAgent } from "../../contract/agents.ts";
import type { Read } from "../../contract/operation.ts";
import type { Reach } from "../../contract/policies.ts";

export type Binding = Read<ShownAgent>["bindings"][number];

/** Box of the graph, in its own units. */
export interface Box {
  readonly kind: "issuer" | "agent" | "people" | "policy" | "target";
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** Line between two boxes, by their places in the list. */
export type Line = readonly [from: number, to: number];

export interface Layout {
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
}

/** Size of a box. */
export const BOX = { width: 230, height: 34 } as const;
const ROOM = { x: 46, y: 12 } as const;
/** Largest number of drawn targets of one policy. The list below the graph has all of them. */
const MOST_TARGETS = 4;

/**
 * Lays out four columns, from left to right: the identities, the agent, the policies that permit it something, and the targets. A policy's box also has
 * the people who approve first. It has the height of all its targets, so that lines cross no box.
 */
export function reachLayout(
  agent: string,
  bindings: readonly Binding[],
  { permits }: Pick<Read<Reach>, "permits">,
): Layout {
  const boxes: Box[] = [];
  const lines: Line[] = [];
  const put = (kind: Box["kind"], text: string, column: number, row: number): number =>
    boxes.push({ kind, text, x: column * (BOX.width + ROOM.x), y: row * (BOX.height + ROOM.y) }) - 1;
  const rows = permits.map((permit) => ({ permit, targets: targetsOf(permit.reach) }));
  const height = Math.max(
    rows.reduce((sum, { targets }) => sum + targets.length, 0),
    bindings.length,
    1,
  );
  const me = put("agent", agent, 1, (height - 1) / 2);
  bindings.forEach((binding, index) => {
    lines.push([put("issuer", bindingText(binding), 0, (height - bindings.length) / 2 + index), me]);
  });
  let row = 0;
  for (const { permit, targets } of rows) {
    const middle = row + (targets.length - 1) / 2;
    const approvers = permit.waits_for.map(({ group, count }) => `${count} of ${group}`).join(", ");
    const policy = put(
      approvers === "" ? "policy" : "people",
      approvers === "" ? permit.policy : `${permit.policy}: ${approvers}`,
      2,
      middle,
    );
    lines.push([me, policy]);
    targets.forEach((text, index) => {
      lines.push([policy, put("target", text, 3, row + index)]);
    });
    row += targets.length;
  }
  return {
    boxes,
    lines,
    width: 4 * BOX.width + 3 * ROOM.x,
    height: height * (BOX.height + ROOM.y) - ROOM.y,
  };
}

const bindingText = ({ issuer, claims }: Binding): string =>
  `${issuer}: ${Object.entries(claims)
    .map(([claim, value]) => `${claim} ${value}`)
    .join(", ")}`;

/** Writes the targets of a policy in short form, and counts those beyond the drawn ones. */
function targetsOf(reach: readonly string[]): readonly string[] {
  const shown = reach.slice(0, reach.length > MOST_TARGETS ? MOST_TARGETS - 1 : MOST_TARGETS).map(shortTarget);
  return reach.length > shown.length ? [...shown, `and ${reach.length - shown.length} more`] : shown;
}

/** @example shortTarget("s3:GetObject on AWS::Resource where resource.arn in arn:aws:s3:::a/*") // "s3:GetObject: a/*" */
export function shortTarget(words: string): string {
  const [actions = "", rest = ""] = words.split(/ on (.*)/s);
  const arn = /(?:resource\.arn|resource\.name|resource\.server) in (\S+)/.exec(rest)?.[1];
  const entity = /(?:in|==) \w+(?:::\w+)*::"([^"]*)"/.exec(rest)?.[1];
  const what = arn?.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, "") ?? entity ?? "";
  return what === "" ? actions : `${actions}: ${what}`;
}

/** Cuts a text to the size of a box. */
export const cut = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
};
