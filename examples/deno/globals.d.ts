/** The parts of Deno that the example uses; `deno check` and editors with Deno's extension know them already. */

declare const Deno: {
  readonly env: { get(name: string): string | undefined };
  serve(options: { readonly port: number }, handler: (request: Request) => Response | Promise<Response>): object;
};
