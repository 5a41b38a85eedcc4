import { readFileSync, writeFileSync } from 'node:fs';
import { Miniflare } from 'miniflare';
const mf = new Miniflare({ modules: true, script: readFileSync(process.argv[2],'utf8'), compatibilityDate: '2026-07-01', compatibilityFlags:['nodejs_compat'], bindings:{COUNTERSIGN_BACKEND:'web-crypto'}, host:'127.0.0.1', port:0 });
const u = await mf.ready; let out='';
for (let at=0;;at++){ const r = await fetch(`${u.origin}/?at=${at}`); const t=await r.text(); if (r.status!==200){ console.log(r.status,t.slice(0,500)); break;} out+=t+'\n'; }
writeFileSync('/tmp/rt/r.w', out); await mf.dispose();
