const unexpected = () => Promise.reject(new Error("no test asks for streams or rankings here"));

/** Objects of streams and rankings for who reads counts alone. */
export const NO_STREAMS = {
  rooms: { numbers: unexpected },
  rankings: { live: unexpected },
  viewRankings: { views: unexpected },
};
