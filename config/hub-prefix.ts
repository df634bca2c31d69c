import * as v from "valibot";

/**
 * Words that would give a hub names of another one, or names that a pattern of the other matches, as `valetkey-task-*` does, or the rights of
 * `valetkey doctor --assumptions`. A test computes them from the templates and from these rights.
 */
export const TAKEN_WORDS: ReadonlySet<string> = new Set(["archive", "assumption", "lease", "revoke", "task"]);

/** Prefix of a hub's names: short, so that the longest name, of the archive's bucket, has room in each Region. */
export const hubPrefix = v.pipe(
  v.string(),
  v.regex(
    new RegExp(`^valetkey(-(?!(${[...TAKEN_WORDS].join("|")})$)[a-z][a-z0-9]{0,11})?$`),
    "valetkey, or valetkey- and a word of up to 12 letters and digits other than archive, assumption, lease, revoke and task",
  ),
);
