/** Keeps a request's context alive for work that its answer does not wait for; the work never rejects. */
export type Background = (work: Promise<void>) => void;
