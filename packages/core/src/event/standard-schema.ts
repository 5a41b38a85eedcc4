/** The interface of schema libraries, copied from its specification, which is meant for copying. */

/**
 * A schema of any library that follows Standard Schema V1.
 *
 * @see https://standardschema.dev (types, meant to be copied rather than depended on)
 */
export interface StandardSchemaV1<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    /** Exists for the type checker only. */
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };
