/** Actions of the audit log whose subject is a user, as a pattern. */
export const USER_DEEDS = "user.%";

/** Of an entry whose detail was deleted. */
export const NO_DETAIL = "{}";
