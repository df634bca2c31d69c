import { INLINE_POLICY_CHARACTERS } from "../../../functions/core/revocation/render.ts";
import type { Minute } from "./day.ts";
import { STS_A_SECOND } from "./largest-load.ts";

const WIDTH = 960;
const PANEL = 120;
const LEFT = 70;
const GAP = 34;

interface Panel {
  readonly title: string;
  readonly of: (minute: Minute) => number;
  /** Limit, which is drawn as a named line across the panel. */
  readonly limit?: { readonly at: number; readonly name: string };
}

const PANELS: readonly Panel[] = [
  { title: "tasks begun a second", of: ({ beganASecond }) => beganASecond },
  { title: "tasks alive", of: ({ alive }) => alive },
  {
    title: "characters of the fullest revocation policy",
    of: ({ characters }) => characters,
    limit: { at: INLINE_POLICY_CHARACTERS, name: "IAM's most" },
  },
  {
    title: "STS calls in the busiest second of the minute",
    of: ({ stsASecond }) => stsASecond,
    limit: { at: STS_A_SECOND, name: "quota" },
  },
  { title: "policy writes a second of the busiest role", of: ({ writesASecond }) => writesASecond },
  { title: "seconds that the sweep takes for a minute's due tasks", of: ({ sweepLagSeconds }) => sweepLagSeconds },
];

/** Draws the day as an SVG: a panel for each figure, with its limit where it has one. */
export function plot(minutes: readonly Minute[], title: string): string {
  const height = 60 + PANELS.length * (PANEL + GAP);
  const panels = PANELS.map((panel, index) => drawn(panel, minutes, 50 + index * (PANEL + GAP)));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="${LEFT}" y="26" font-size="16">${title}</text>
${panels.join("\n")}
</svg>
`;
}

function drawn({ title, of, limit }: Panel, minutes: readonly Minute[], top: number): string {
  const most = Math.max(...minutes.map(of), 1e-9);
  // A limit far above the values would flatten the line, so it is named and not drawn.
  const isNear = limit !== undefined && limit.at <= most * 4;
  const scale = isNear ? Math.max(most, limit.at) : most;
  const x = (minute: number) => LEFT + (minute * (WIDTH - LEFT - 20)) / minutes.length;
  const y = (value: number) => top + PANEL - (value / scale) * PANEL;
  const points = minutes.map((minute, index) => `${x(index).toFixed(1)},${y(of(minute)).toFixed(1)}`).join(" ");
  const hours = [0, 6, 12, 18, 24].map(
    (hour) =>
      `<text x="${x((hour * minutes.length) / 24).toFixed(1)}" y="${top + PANEL + 13}" text-anchor="middle" fill="#777">${hour}:00</text>`,
  );
  const line = isNear
    ? `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${y(limit.at)}" y2="${y(limit.at)}" stroke="#c00" stroke-dasharray="4 3"/>`
    : "";
  const named = limit === undefined ? "" : ` (${limit.name}: ${limit.at.toLocaleString("en")})`;
  return `<text x="${LEFT}" y="${top - 6}">${title}${named}</text>
<rect x="${LEFT}" y="${top}" width="${WIDTH - LEFT - 20}" height="${PANEL}" fill="none" stroke="#ccc"/>
<text x="${LEFT - 6}" y="${top + 10}" text-anchor="end" fill="#777">${rounded(scale)}</text>
<text x="${LEFT - 6}" y="${top + PANEL}" text-anchor="end" fill="#777">0</text>
<polyline points="${points}" fill="none" stroke="#06c"/>
${line}
${hours.join("\n")}`;
}

const rounded = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
