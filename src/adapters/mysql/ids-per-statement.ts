/** Ids of one `IN`: a statement of some 70 KB. */
export const IDS_PER_STATEMENT = 1_000;
