/** `@countersign/core/jwt`: JWT-style tokens, verified with jose: signer, algorithm, claims, and bindings to the request. */

export { detachedJws } from './jwt/detached-jws.ts';
export { type JwtMaterial, jwt } from './jwt/jwt.ts';
export type { DetachedJwsDescription } from './schemes/detached-jws-description.ts';
export type { BoundHash, ClaimRules, JwtAlgorithm, JwtBindings, JwtDescription } from './schemes/jwt-description.ts';
