/** The parts of a delivery that are bound to the secret or key. */

/** The parts of a delivery that a scheme binds to the secret or key. A bearer token binds none. */
export interface SignedParts {
  readonly body: boolean;
  /** True if an id outside the body is signed. An id inside the body is as safe as the body. */
  readonly id: boolean;
  readonly timestamp: boolean;
}
