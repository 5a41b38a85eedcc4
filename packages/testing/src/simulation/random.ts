/** Random numbers that are the same for the same seed, so that a run can be repeated. */

/** Numbers from 0 up to 1, by SplitMix32 (mixes a counter; good enough for rates, not for secrets). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 4_294_967_296;
  };
}

/** Each attempt has its own numbers, so that they do not depend on how fast the endpoint responds. */
export function drawSeed(seed: number, place: number, attempt: number): number {
  return Math.imul(seed, 0x9e3779b1) ^ Math.imul(place + 1, 0x85ebca6b) ^ Math.imul(attempt + 1, 0xc2b2ae35);
}
