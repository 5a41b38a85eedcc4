import { tanstackStart } from '@tanstack/react-start/plugin/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [
    tanstackStart({ srcDirectory: 'app', router: { generatedRouteTree: '../.tanstack/routeTree.gen.ts' } }),
    react(),
  ],
});
