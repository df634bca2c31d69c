import fc from "fast-check";

/** Fixes the seed for runs of Stryker, so that every property tries the same values each time. */
fc.configureGlobal({ seed: 1 });
