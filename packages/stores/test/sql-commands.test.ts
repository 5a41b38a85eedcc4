import { describe, expect, it } from 'vitest';
import { NestedTransactions } from '../src/transaction/nested-transactions.ts';
import { readCommands, type SqlDialect } from '../src/transaction/sql-commands.ts';

const kinds = (text: string, dialect: SqlDialect = 'postgres') => readCommands(text, dialect).map(({ kind }) => kind);

describe('the commands of a text', () => {
  it.each([
    ['begin', 'BEGIN'],
    ['begin', '  bEgIn TRANSACTION ;  '],
    ['begin', '-- why\n/* a /* nested */ one */ start transaction'],
    ['begin', 'BEGIN READ WRITE'],
    ['begin', 'BEGIN TRANSACTION READ WRITE, NOT DEFERRABLE'],
    ['chain', 'BEGIN ISOLATION LEVEL SERIALIZABLE'],
    ['chain', 'START TRANSACTION READ ONLY'],
    ['commit', 'COMMIT'],
    ['commit', 'commit work;;'],
    ['commit', 'END'],
    ['commit', '-- a comment ends at a carriage return\rCOMMIT'],
    ['commit', 'COMMIT AND NO CHAIN'],
    ['chain', 'COMMIT AND CHAIN'],
    ['rollback', '/**/ROLLBACK/**/'],
    ['rollback', 'ABORT TRANSACTION'],
    ['savepoint', 'ROLLBACK TO SAVEPOINT mine'],
    ['savepoint', 'rollback work to mine'],
    ['savepoint', 'RELEASE mine'],
    ['savepoint', 'SAVEPOINT "commit"'],
    ['two_phase', "PREPARE TRANSACTION 'x'"],
    ['two_phase', "COMMIT PREPARED 'x'"],
    ['set_transaction', 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE'],
    ['other', "SET LOCAL statement_timeout = '1s'"],
    ['other', "SELECT 'a; COMMIT'"],
    ['other', 'SELECT $$a; COMMIT;$$, $x$ $$; ROLLBACK $x$'],
    ['other', "SELECT E'it\\'s; COMMIT; '"],
    ['other', 'SELECT 1 AS "a; COMMIT; "'],
    ['other', 'SELECT 1 -- ; COMMIT'],
    ['other', "DO $$ BEGIN PERFORM 1; EXCEPTION WHEN others THEN RAISE NOTICE 'commit'; END $$"],
    ['other', 'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;'],
    ['other', 'PREPARE commit AS SELECT 1'],
    ['other', 'COMMENT ON TABLE t IS NULL'],
    ['other', 'COPY t FROM STDIN'],
  ])('are in PostgreSQL: %s in %s', (kind, text) => {
    expect(kinds(text)).toEqual([kind]);
  });

  it.each([
    ['begin', 'START TRANSACTION'],
    ['begin', 'begin work'],
    ['chain', 'START TRANSACTION WITH CONSISTENT SNAPSHOT'],
    ['chain', 'BEGIN NOT ATOMIC INSERT INTO t VALUES (1)'],
    ['commit', '# why\nCOMMIT'],
    ['commit', '/*!50000 COMMIT */'],
    ['commit', '/*M! COMMIT */;'],
    ['chain', 'COMMIT RELEASE'],
    ['two_phase', "XA START 'x'"],
    ['other', "SELECT 'it\\'s; COMMIT; '"],
    ['other', 'SELECT "a; COMMIT"'],
    ['other', 'SELECT 1 AS `a; COMMIT`'],
    ['other', 'SELECT 5--1'],
    ['other', 'END'],
    ['other', 'CREATE PROCEDURE p() BEGIN COMMIT; SELECT 1; END'],
    ['other', 'START SLAVE'],
    ['autocommit', 'SET autocommit = 0'],
    ['autocommit', 'set @@session.AUTOCOMMIT=1'],
    ['autocommit', 'SET NAMES utf8mb4, autocommit = 0'],
    ['autocommit', 'set character set utf8, @@autocommit := off'],
    ['autocommit', "SET @a = CONCAT('x', 'y'), @b = 2, sql_mode = '', time_zone = '+00:00', LOCAL autocommit=0"],
    ['autocommit', '/*!40101 SET @old = @@autocommit, @@local . `autocommit` = 0 */'],
    ['other', "SET SESSION sql_mode = ''"],
    ['other', 'SET @before = @@autocommit, @autocommit = 1'],
    ['other', "SET @text = ', autocommit = 0'"],
    ['other', 'SET GLOBAL autocommit = 1'],
  ])('are in MySQL: %s in %s', (kind, text) => {
    expect(kinds(text, 'mysql')).toEqual([kind]);
  });

  it.each([
    ['begin', 'BEGIN IMMEDIATE'],
    ['begin', 'begin exclusive transaction'],
    ['commit', 'END TRANSACTION'],
    ['other', "SELECT 'a\\'"],
    ['other', 'SELECT 1 AS [a; COMMIT]'],
    [
      'other',
      'CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE d WHEN 1 THEN 2 END; DELETE FROM e; END;',
    ],
  ])('are in SQLite: %s in %s', (kind, text) => {
    expect(kinds(text, 'sqlite')).toEqual([kind]);
  });

  it('are told apart where there are several', () => {
    expect(kinds("INSERT INTO t VALUES ('a;b'); COMMIT; SELECT 1")).toEqual(['other', 'commit', 'other']);
    expect(kinds('SELECT 5--1; COMMIT', 'mysql')).toEqual(['other', 'commit']);
    expect(kinds('SELECT /* ; */ 1 /*! ; COMMIT */', 'mysql')).toEqual(['other', 'commit']);
    expect(kinds('CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; COMMIT', 'sqlite')).toEqual([
      'other',
      'commit',
    ]);
    expect(kinds(';;')).toEqual([]);
  });

  it('are read in time linear in the length, whatever is left open', () => {
    for (const [text, dialect] of [
      [`; '${'\\'.repeat(200_000)}`, 'mysql'],
      [`; '${"''".repeat(200_000)}`, 'postgres'],
      [`; ${'/*'.repeat(200_000)}`, 'postgres'],
      [`; ${'$a$ '.repeat(100_001)}`, 'postgres'],
      [`; e'${'x'.repeat(400_000)}\\`, 'postgres'],
      [`; ${'['.repeat(200_000)}`, 'sqlite'],
    ] as const) {
      const startedAt = performance.now();
      kinds(text, dialect);
      expect(performance.now() - startedAt).toBeLessThan(1000);
    }
  });
});

describe('transactions within the one of the store', () => {
  it('become savepoints, one inside the other', () => {
    const nested = new NestedTransactions('postgres');
    const sent = ['BEGIN', 'INSERT INTO t VALUES (1)', 'BEGIN', 'ROLLBACK', 'COMMIT'].map(
      (text) => nested.decide(text)?.text,
    );
    expect(sent).toEqual([
      'SAVEPOINT countersign_1',
      undefined,
      'SAVEPOINT countersign_2',
      'ROLLBACK TO SAVEPOINT countersign_2',
      'RELEASE SAVEPOINT countersign_1',
    ]);
    expect(nested.depth).toBe(0);
  });

  it('are still open where the database refused to end them', () => {
    const nested = new NestedTransactions('postgres');
    nested.decide('BEGIN');
    nested.decide('COMMIT')?.undo();
    expect(nested.decide('ROLLBACK')?.text).toBe('ROLLBACK TO SAVEPOINT countersign_1');
    nested.decide('BEGIN')?.undo();
    expect(() => nested.decide('COMMIT')).toThrow('The store commits when the handler returns');
  });

  it('are none where sent one behind the other and the first could not begin', () => {
    const nested = new NestedTransactions('postgres');
    nested.decide('BEGIN');
    const [begin, commit] = [nested.decide('BEGIN'), nested.decide('COMMIT')];
    begin?.undo();
    commit?.undo();
    expect(nested.depth).toBe(1);
    expect(nested.decide('COMMIT')?.text).toBe('RELEASE SAVEPOINT countersign_1');
  });

  it.each([
    ['COMMIT', 'The store commits when the handler returns'],
    ['rollback', 'throw an error'],
    ['SELECT 1; COMMIT', 'Send each separately'],
    ['BEGIN; SELECT 1', 'Send each separately'],
    ["PREPARE TRANSACTION 'a'", 'Two-phase'],
    ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'no isolation level'],
    ['ROLLBACK AND CHAIN', 'no isolation level, access mode or chain'],
    ['RELEASE SAVEPOINT Countersign_Transaction', 'belongs to the store'],
    ['ROLLBACK TO "countersign_transaction"', 'belongs to the store'],
  ])('refuse %s with a sentence', (text, sentence) => {
    expect(() => new NestedTransactions('postgres').decide(text)).toThrow(
      expect.objectContaining({
        code: 'options_invalid',
        at: 'context.transaction',
        hint: expect.stringContaining(sentence),
      }),
    );
  });
});
