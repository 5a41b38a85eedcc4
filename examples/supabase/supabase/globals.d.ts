/** The parts of Supabase's runtime that the example uses; editors with Deno's extension know Deno's part already. */

declare const Deno: {
  readonly env: { get(name: string): string | undefined };
  serve(handler: (request: Request) => Response | Promise<Response>): object;
};

declare const EdgeRuntime: { waitUntil(work: Promise<unknown>): void };
