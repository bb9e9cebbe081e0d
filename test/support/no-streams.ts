const unexpected = () => Promise.reject(new Error("no test asks for streams here"));

/** Objects of streams for who reads contents alone. */
export const NO_STREAMS = { rooms: { numbers: unexpected }, rankings: { live: unexpected } };
