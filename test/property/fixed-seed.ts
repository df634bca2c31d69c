import fc from "fast-check";

/** For the runs of Stryker: every property tries the same values each time. */
fc.configureGlobal({ seed: 1 });
