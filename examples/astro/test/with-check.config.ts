/** The site as it would be without the setting in astro.config.ts: Astro's check of the Origin is on. */

import node from '@astrojs/node';
import { defineConfig } from 'astro/config';

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  outDir: '.cache/with-check',
});
