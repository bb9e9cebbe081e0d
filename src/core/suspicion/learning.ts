/**
 * How far an average moves towards a new value: what is usual is mostly that of the last half hour. Exponential, so one
 * number is all there is to keep (Roberts, "Control Chart Tests Based on Geometric Moving Averages", 1959).
 */
export const LEARNING = 0.2;
