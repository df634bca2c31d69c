import * as v from "valibot";

/**
 * Words that a prefix must not have. With one, a hub would have names of another hub, or names that a pattern of another hub matches, such as
 * `valetkey-task-*`, or a pattern in the rights of `valetkey doctor --assumptions`. A test computes the words from the templates and from these rights.
 */
export const TAKEN_WORDS: ReadonlySet<string> = new Set(["archive", "assumption", "lease", "revoke", "task"]);

/** Schema of the prefix of a hub's names. Short, so that the longest name, of the archive's bucket, fits in each Region. */
export const hubPrefix = v.pipe(
  v.string(),
  v.regex(
    new RegExp(`^valetkey(-(?!(${[...TAKEN_WORDS].join("|")})$)[a-z][a-z0-9]{0,11})?$`),
    "valetkey, or valetkey- and a word of up to 12 letters and digits other than archive, assumption, lease, revoke and task",
  ),
);
