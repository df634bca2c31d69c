interface BarsProps {
  /** Numbers in their order, one a bar. */
  readonly of: readonly number[];
  /** Sentence about the numbers, in place of the picture. */
  readonly says: string;
  readonly tone: "good" | "bad";
}

/** Height of the plot, and distance of two bars, in units of the picture. */
const [HEIGHT, STEP] = [28, 4];

/** Small plot of numbers as bars, with the highest as high as the plot. A bar of 0 is a line at the bottom. */
export function Bars({ of: numbers, says, tone }: BarsProps) {
  const most = Math.max(1, ...numbers);
  return (
    <svg
      class={`bars ${tone}`}
      role="img"
      aria-label={says}
      viewBox={`0 0 ${numbers.length * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {numbers.map((number, nth) => {
        const height = number === 0 ? 1 : Math.max(2, (number / most) * HEIGHT);
        return (
          <rect
            key={nth}
            class={number === 0 ? "none" : "some"}
            x={nth * STEP}
            y={HEIGHT - height}
            width={STEP - 1}
            height={height}
          />
        );
      })}
    </svg>
  );
}
