import type { Entity, EntityUid } from "../../core/entity.ts";

/** Lists an entity and all its ancestors among the entities of the query, which are the only ones that Cedar knows too. */
export function ancestorsOf(uid: EntityUid, entities: readonly Entity[]): readonly EntityUid[] {
  const found = [uid];
  for (const one of found) {
    const { parents = [] } = entities.find(({ uid: own }) => isSame(own, one)) ?? {};
    found.push(...parents.filter((parent) => !found.some((known) => isSame(known, parent))));
  }
  return found;
}

const isSame = (a: EntityUid, b: EntityUid): boolean => a.type === b.type && a.id === b.id;
