/** Writes a record as indented JSON, line by line. Escapes line ends and quotes within texts, so that no text can look like another member. */
export const recordText = (record: unknown): readonly string[] => JSON.stringify(record, null, 2).split("\n");
