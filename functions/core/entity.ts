/** Entity in Cedar's JSON format. */
export interface Entity {
  readonly uid: EntityUid;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly parents: readonly EntityUid[];
  readonly tags?: Readonly<Record<string, unknown>>;
}

export interface EntityUid {
  readonly type: string;
  readonly id: string;
}

/** True for two names of one entity. */
export const isSameEntity = (one: EntityUid, other: EntityUid): boolean =>
  one.type === other.type && one.id === other.id;
