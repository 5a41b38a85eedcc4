/** What the example uses of Bun. In an app of your own: `bun add -d @types/bun`. */

type BunRoute = (request: Request, server: object) => Response | Promise<Response>;

declare const Bun: {
  serve(options: { readonly port: string | number; readonly routes: Record<string, { readonly POST: BunRoute }> }): {
    readonly url: URL;
  };
};
