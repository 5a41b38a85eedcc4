/** JWT-style tokens, checked with jose: who signed, by which algorithm, under which claims, and what they bind. */

export type { JwtAlgorithm } from './jwt/algorithms.ts';
export type { BoundHash, JwtBindings } from './jwt/bindings.ts';
export type { ClaimRules } from './jwt/claims.ts';
export { type DetachedJwsDescription, detachedJws } from './jwt/detached-jws.ts';
export { type JwtDescription, type JwtMaterial, jwt } from './jwt/jwt.ts';
