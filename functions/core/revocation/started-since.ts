/** Digits of a moment. From 2001 to 2286 epoch seconds have ten digits, so the order of texts is the order of moments. */
const DIGITS = "0123456789";

/**
 * Makes the IAM patterns (`StringLike`) that match exactly the moments from this one on, each as ten decimal digits.
 * IAM compares texts only for equality and by patterns. A later moment has the same first digits, followed by a greater
 * one.
 * @param seconds epoch seconds, whole.
 * @example startedSince(1_764_000_097) // ["1764000097", "1764000098", "1764000099", "17640001*", ..., "2*", ..., "9*"]
 */
export function startedSince(seconds: number): readonly string[] {
  const text = String(seconds);
  const greater = [...text].map((digit, at) =>
    [...DIGITS]
      .filter((each) => each > digit)
      .map((each) => `${text.slice(0, at)}${each}${at < text.length - 1 ? "*" : ""}`),
  );
  return [text, ...greater.reverse().flat()];
}
