/** JWT-style tokens, checked with jose: who signed, by which algorithm, under which claims, and what they bind. */

export { detachedJws } from './jwt/detached-jws.ts';
export { type JwtMaterial, jwt } from './jwt/jwt.ts';
export type { DetachedJwsDescription } from './schemes/detached-jws-description.ts';
export type { BoundHash, ClaimRules, JwtAlgorithm, JwtBindings, JwtDescription } from './schemes/jwt-description.ts';
