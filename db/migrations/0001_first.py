"""The first schema: identity, journal, projections, records, search, spool.

Narrow tables are `WITHOUT ROWID`. Wide ones are not: inner pages of such a tree hold whole rows, so that a table of
copies' states, a kilobyte each, would be sixteen pages deep at a million copies instead of seven.
"""

from __future__ import annotations

from typing import Any

_STATEMENTS = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE author (a INTEGER PRIMARY KEY, desk TEXT NOT NULL, inc TEXT NOT NULL, started_at INTEGER NOT NULL,
  seq INTEGER NOT NULL DEFAULT 0, head BLOB NOT NULL, last_at INTEGER NOT NULL, letter TEXT NOT NULL, UNIQUE (desk, inc));
CREATE TABLE event (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, author INTEGER NOT NULL, seq INTEGER NOT NULL,
  at INTEGER NOT NULL, wall INTEGER NOT NULL, mono INTEGER NOT NULL, boot TEXT NOT NULL, kind TEXT NOT NULL,
  staff TEXT NOT NULL, late INTEGER NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, head BLOB NOT NULL,
  item TEXT, queue TEXT, party TEXT, tx TEXT, gsn INTEGER);
CREATE INDEX event_author ON event (author, seq);
CREATE INDEX event_item ON event (item) WHERE item IS NOT NULL;
CREATE INDEX event_queue ON event (queue) WHERE queue IS NOT NULL;
CREATE INDEX event_party ON event (party) WHERE party IS NOT NULL;
CREATE INDEX event_tx ON event (tx) WHERE tx IS NOT NULL;
CREATE INDEX event_recent ON event (n) WHERE tx IS NOT NULL;
CREATE TABLE undone (event TEXT PRIMARY KEY, by TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE policy (version TEXT PRIMARY KEY, effective_from TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL,
  n INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE item_state (item TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, hash BLOB NOT NULL);
CREATE TABLE loan (id TEXT NOT NULL PRIMARY KEY, item TEXT NOT NULL, title TEXT NOT NULL, party TEXT NOT NULL,
  opened_at INTEGER NOT NULL, lent_on TEXT NOT NULL, due_on TEXT NOT NULL, due_at INTEGER, policy TEXT NOT NULL,
  renewals INTEGER NOT NULL, unseen INTEGER NOT NULL, renewed_on TEXT, closed_at INTEGER, closed_on TEXT, how TEXT NOT NULL,
  closing TEXT NOT NULL, charges TEXT, terms TEXT, price INTEGER);
CREATE INDEX loan_item ON loan (item, opened_at);
CREATE INDEX loan_party ON loan (party, closed_at);
CREATE UNIQUE INDEX loan_item_open ON loan (item) WHERE closed_at IS NULL;
CREATE INDEX loan_due_open ON loan (due_on) WHERE closed_at IS NULL;
CREATE TABLE finding (id TEXT PRIMARY KEY, kind TEXT NOT NULL, item TEXT NOT NULL, causes TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX finding_item ON finding (item);
CREATE TABLE queue_state (queue TEXT PRIMARY KEY, hash BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE hold (id TEXT PRIMARY KEY, queue TEXT NOT NULL, party TEXT NOT NULL, only_item TEXT, placed_at INTEGER NOT NULL,
  state TEXT NOT NULL, copy TEXT, until TEXT, ended_at INTEGER, number INTEGER NOT NULL, place INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX hold_queue ON hold (queue, place);
CREATE INDEX hold_party ON hold (party);
CREATE TABLE account (party TEXT PRIMARY KEY, owed INTEGER NOT NULL, credit INTEGER NOT NULL, suspended_until TEXT,
  hash BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE charge (id TEXT PRIMARY KEY, party TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
  amount INTEGER NOT NULL, paid INTEGER NOT NULL, waived INTEGER NOT NULL, loan TEXT, item TEXT) WITHOUT ROWID;
CREATE INDEX charge_party ON charge (party);
CREATE INDEX charge_item ON charge (item) WHERE reason = 'lost';
CREATE TABLE payment (id TEXT PRIMARY KEY, party TEXT NOT NULL, at INTEGER NOT NULL, amount INTEGER NOT NULL,
  receipt INTEGER NOT NULL, voided INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX payment_party ON payment (party);

CREATE TABLE title (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, authors TEXT NOT NULL,
  other_title TEXT NOT NULL, responsibility TEXT NOT NULL, edition TEXT NOT NULL, isbn TEXT NOT NULL, publisher TEXT NOT NULL,
  place TEXT NOT NULL, year TEXT NOT NULL, collation TEXT NOT NULL, series TEXT NOT NULL, call_number TEXT NOT NULL,
  classification TEXT NOT NULL, language TEXT NOT NULL, material TEXT NOT NULL, subjects TEXT NOT NULL, notes TEXT NOT NULL,
  cover TEXT NOT NULL, hidden INTEGER NOT NULL, source_key TEXT NOT NULL, isbn_key TEXT, gone INTEGER NOT NULL DEFAULT 0,
  seen BLOB);
CREATE INDEX title_isbn ON title (isbn_key) WHERE isbn_key IS NOT NULL;
CREATE UNIQUE INDEX title_source ON title (source_key) WHERE source_key <> '';
CREATE TABLE item (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, barcode TEXT NOT NULL,
  barcode_key TEXT NOT NULL, call_number TEXT NOT NULL, inventory_no TEXT NOT NULL, inventory_key TEXT,
  collection TEXT NOT NULL, location TEXT NOT NULL, shelf TEXT NOT NULL, status TEXT NOT NULL, price INTEGER,
  parts TEXT NOT NULL, source TEXT NOT NULL, received_on TEXT, provisional INTEGER NOT NULL, source_key TEXT NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0, seen BLOB);
CREATE INDEX item_title ON item (title);
CREATE INDEX item_barcode ON item (barcode_key);
CREATE INDEX item_inventory ON item (inventory_key) WHERE inventory_key IS NOT NULL;
CREATE UNIQUE INDEX item_source ON item (source_key) WHERE source_key <> '';
CREATE TABLE member (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, member_no TEXT NOT NULL, no_key TEXT NOT NULL,
  name TEXT NOT NULL, member_type TEXT NOT NULL, institution TEXT NOT NULL, gender TEXT NOT NULL, born_on TEXT,
  address TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL, registered_on TEXT, expires_on TEXT,
  blocked INTEGER NOT NULL, block_reason TEXT NOT NULL, card_lost INTEGER NOT NULL, notes TEXT NOT NULL,
  photo TEXT NOT NULL, card_nos TEXT NOT NULL, source_key TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0, seen BLOB);
CREATE INDEX member_no ON member (no_key);
CREATE UNIQUE INDEX member_source ON member (source_key) WHERE source_key <> '';
CREATE TABLE member_card (card_key TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (card_key, member)) WITHOUT ROWID;
CREATE INDEX member_card_member ON member_card (member);
CREATE TABLE member_type (code TEXT PRIMARY KEY, name TEXT NOT NULL, membership_days INTEGER NOT NULL,
  source_key TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE party (token TEXT PRIMARY KEY, member TEXT NOT NULL, made_at INTEGER NOT NULL,
  imported TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE INDEX party_member ON party (member, made_at);
CREATE TABLE staff (id TEXT PRIMARY KEY, name TEXT NOT NULL, short_name TEXT NOT NULL, rights TEXT NOT NULL,
  pin_hash TEXT NOT NULL, badge_key TEXT NOT NULL, active INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE note (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE visit (id TEXT PRIMARY KEY, at INTEGER NOT NULL, member TEXT, name TEXT NOT NULL, institution TEXT NOT NULL,
  room TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX visit_at ON visit (at);
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE picture (hash TEXT PRIMARY KEY, kind TEXT NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE change (n INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL);

CREATE VIRTUAL TABLE title_fts USING fts5(words, content='', contentless_delete=1,
  tokenize="unicode61 remove_diacritics 0 categories 'L* N* Mn Mc'", prefix='2 3', detail=none);
CREATE VIRTUAL TABLE member_fts USING fts5(words, content='', contentless_delete=1,
  tokenize="unicode61 remove_diacritics 0 categories 'L* N* Mn Mc'", prefix='2 3', detail=none);

CREATE TABLE desk_tx (id TEXT PRIMARY KEY, no INTEGER NOT NULL, kind TEXT NOT NULL, member TEXT, staff TEXT NOT NULL,
  opened_at INTEGER NOT NULL, finished_at INTEGER) WITHOUT ROWID;
CREATE INDEX desk_tx_opened ON desk_tx (opened_at, no);
CREATE TABLE print_job (n INTEGER PRIMARY KEY, made_at INTEGER NOT NULL, kind TEXT NOT NULL, tx TEXT, body TEXT NOT NULL,
  state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT '', done_at INTEGER);
CREATE INDEX print_job_waiting ON print_job (n) WHERE state = 'waiting';
CREATE TABLE imported_fine (key TEXT PRIMARY KEY, party TEXT NOT NULL, charged INTEGER NOT NULL,
  paid INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE import_run (id TEXT PRIMARY KEY, source TEXT NOT NULL, at INTEGER NOT NULL, totals TEXT NOT NULL) WITHOUT ROWID;
"""


def up(migrator: Any, db: Any) -> None:
    """Create every table of the first release."""
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            db.execute_sql(statement)
