import node from '@astrojs/node';
import { defineConfig } from 'astro/config';

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  // Astro answers 403 to forms, text/plain and bodies without a type if the Origin is another one, before any route runs. GitHub sends
  // none. This switches the check off for every route; src/middleware.ts makes it again.
  security: { checkOrigin: false },
});
