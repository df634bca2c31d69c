/** One character as it is, one of any kind (`?`), or any run of characters (`*`). */
export type Token = { readonly character: string } | "one" | "run";
