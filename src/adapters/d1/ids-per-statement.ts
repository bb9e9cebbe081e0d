/** Ids of one `IN`: D1 takes 100 bound parameters a statement. */
export const IDS_PER_STATEMENT = 100;
