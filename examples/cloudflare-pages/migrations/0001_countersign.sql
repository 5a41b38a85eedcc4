CREATE TABLE IF NOT EXISTS countersign_claims (
  key TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  done INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  answer TEXT,
  position REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS countersign_claims_expires_at ON countersign_claims (expires_at);
