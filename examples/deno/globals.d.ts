/** What the example uses of Deno; `deno check` and editors with Deno's extension know it by themselves. */

declare const Deno: {
  readonly env: { get(name: string): string | undefined };
  serve(options: { readonly port: number }, handler: (request: Request) => Response | Promise<Response>): object;
};
