import type { ActionName, ActionPattern } from "../../../functions/core/catalogue/action-name.ts";

/** Returns actions that a test writes in the catalogue's spelling. */
export const spelled = (...actions: readonly string[]): readonly ActionPattern[] => actions as readonly ActionPattern[];

/** Returns the name of an action that a test writes in the catalogue's spelling. */
export const actionName = (action: string): ActionName => action as ActionName;
