/** The app as it would be without the setting in vite.config.ts: SvelteKit's check of the Origin is on. */

import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({ plugins: [sveltekit({ adapter: adapter({ out: '.cache/with-check' }) })] });
