import { DELEGATION_PATHS, delegationModel } from "./delegation-paths.ts";
import { CONNECTOR_PATHS, connectorModel } from "./path-model.ts";
import { renderPath } from "./render-path.ts";

/** Writes the pages of docs/threats/, by their file's name. */
export const threatPages = (): ReadonlyMap<string, string> =>
  new Map(
    [...CONNECTOR_PATHS.map(connectorModel), ...DELEGATION_PATHS.map(delegationModel)]
      .filter((model) => model !== undefined)
      .map((model) => [`${model.path}.md`, renderPath(model)]),
  );
