/** What lasts of a stream's number of viewers; of a broadcaster's streams together it has the same shape. */

/** Five minutes of a stream, or what there was of them at its end; none where nobody watched. */
export interface LiveSample {
  /** Ms: a multiple of five minutes, or the stream's end. */
  readonly recordedAt: number;
  /** At that moment. */
  readonly viewers: number;
  /** The most since the sample before. */
  readonly peak: number;
}

/** What a stream has of one reporting day, all its starts together; none of a day on which nobody watched. */
export interface LiveDay {
  /** As a number: 20261121. */
  readonly day: number;
  readonly peak: number;
  /** Distinct visitors, those included who were there when it began. */
  readonly uniques: number;
  /** Begun on that day. */
  readonly sessions: number;
  /** The number of viewers, summed over the seconds. */
  readonly watchedSeconds: number;
  readonly liveSeconds: number;
}
