/** Said instead of asking a backend that has failed too often just now, or of telling what it says when it is hardly back; it is the cause of the error of the port's own kind. */
export class RestingError extends Error {
  override readonly name = "RestingError";

  constructor(backend: string) {
    super(`${backend} is left alone after failures`);
  }
}

/** Whether the backend was not asked at all. That it rests is logged when it begins and ends: not by whom it meets. */
export const isResting = (thrown: unknown): boolean =>
  thrown instanceof RestingError || (thrown instanceof Error && isResting(thrown.cause));
