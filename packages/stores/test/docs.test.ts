import { readFileSync } from 'node:fs';
import { mysqlSchema } from '@countersign/stores/mysql';
import { postgresSchema } from '@countersign/stores/postgres';
import { describe, expect, it } from 'vitest';

describe('docs/stores.md', () => {
  const page = readFileSync(new URL('../../../docs/stores.md', import.meta.url), 'utf8');

  it.each([
    ['PostgreSQL', postgresSchema()],
    ['MySQL', mysqlSchema()],
  ])('prints the table of %s as migrate() makes it', (_, schema) => {
    expect(page).toContain(schema.replaceAll(' IF NOT EXISTS', '').trim());
  });
});
