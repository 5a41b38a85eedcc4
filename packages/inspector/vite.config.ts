import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

const tests = new URL('../providers/test/', import.meta.url);

/** The recorded deliveries of the presets, by their ids, with the fields that the page fills in. */
function readRecordings(): object {
  const readJson = (path: string) => JSON.parse(readFileSync(new URL(path, tests), 'utf8'));
  const answers = readJson('recorded-answers.json');
  const rows = readdirSync(new URL('recorded/', tests))
    .filter((file) => file.endsWith('.json'))
    .map((file) => [file.slice(0, -'.json'.length), readJson(`recorded/${file}`)])
    // Other forms of a sender's delivery have their own files.
    .filter(([name, { provider }]) => name === provider)
    .map(([name, { at, secret, key, headers, method, url, publicUrl, body }]) => [
      name,
      { answers: answers[name], at, secret, key, headers, method, url, publicUrl, body },
    ]);
  return Object.fromEntries(rows);
}

/**
 * Inlines script and style, and adds a policy that allows these two and nothing else: no connection, no form, no frame, no other origin.
 * The result is one file that also works from disk.
 */
function onePage(): Plugin {
  return {
    name: 'one-page',
    apply: 'build',
    generateBundle: {
      // After Vite's own change of the script.
      order: 'post',
      handler(_, bundle) {
        const files = Object.values(bundle);
        const page = files.find(({ fileName }) => fileName === 'index.html');
        const script = files.find((file) => file.type === 'chunk');
        const style = files.find(({ fileName }) => fileName.endsWith('.css'));
        if (page?.type !== 'asset' || script?.type !== 'chunk' || style?.type !== 'asset' || files.length !== 3)
          throw new Error(`expected one page, one script and one style, not ${files.map(({ fileName }) => fileName)}`);
        // These would end the element that contains the code.
        const code = script.code.trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
        const rules = String(style.source).trim();
        const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
        const policy = [
          "default-src 'none'",
          `script-src ${hashOf(code)}`,
          `style-src ${hashOf(rules)}`,
          // The empty icon; without it, browsers request one.
          'img-src data:',
          "base-uri 'none'",
          "form-action 'none'",
          "require-trusted-types-for 'script'",
          "trusted-types 'none'",
        ].join('; ');
        page.source = String(page.source)
          .replace(/\s*<script type="module"[^>]*><\/script>/, '')
          .replace(/\s*<link rel="stylesheet"[^>]*>/g, '')
          .replace('<head>', () => `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`)
          .replace('</head>', () => `  <style>${rules}</style>\n  </head>`)
          .replace('</body>', () => `  <script type="module">${code}</script>\n  </body>`);
        delete bundle[script.fileName];
        delete bundle[style.fileName];
      },
    },
  };
}

/** Leaves out the names and samples of events, which the page does not show; they would be a third of it. */
function withoutEvents(): Plugin {
  return {
    name: 'without-events',
    load: (id) => (/\/providers\/src\/(?:events|samples)\/[\w-]+\.ts$/.test(id) ? 'export {};' : undefined),
  };
}

export default defineConfig({
  base: './',
  resolve: { conditions: ['countersign-source', 'browser', 'module', 'import', 'default'] },
  build: {
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { output: { codeSplitting: false } },
  },
  define: { RECORDED_DELIVERIES: JSON.stringify(readRecordings()) },
  plugins: [withoutEvents(), onePage()],
});
