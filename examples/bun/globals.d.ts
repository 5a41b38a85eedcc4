/** The parts of Bun that the example uses. In your own app: `bun add -d @types/bun`. */

type BunRoute = (request: Request, server: object) => Response | Promise<Response>;

declare const Bun: {
  serve(options: { readonly port: string | number; readonly routes: Record<string, { readonly POST: BunRoute }> }): {
    readonly url: URL;
  };
};
