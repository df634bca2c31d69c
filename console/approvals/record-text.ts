/** Writes a record as indented JSON, line by line. Line ends and quotes within texts are escaped, so that no text can pass for another member. */
export const recordText = (record: unknown): readonly string[] => JSON.stringify(record, null, 2).split("\n");
