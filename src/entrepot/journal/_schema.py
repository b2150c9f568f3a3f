"""The tables, once for both databases. ``{text}`` is text in byte order; ``{body}`` bytes; ``{int}`` 64 bits."""

SCHEMA_VERSION = 4
"""Version of the tables this program writes. 2: triggers also against replacing, and on three tables more; keys of
personal content may lie wrapped. 3: a list of what lies beside each entry. 4: cosignatures of heads."""

SQLITE_WORDS = {
    "text": "TEXT",
    "body": "BLOB",
    "int": "INTEGER",
    "strict": "STRICT",
    "clustered": "STRICT, WITHOUT ROWID",
}
POSTGRES_WORDS = {"text": 'TEXT COLLATE "C"', "body": "BYTEA", "int": "BIGINT", "strict": "", "clustered": ""}

TABLES = """
CREATE TABLE meta (key {text} PRIMARY KEY, value {text} NOT NULL) {clustered};
CREATE TABLE epoch (number {int} PRIMARY KEY, opened_ms {int} NOT NULL, reason {text} NOT NULL) {strict};
CREATE TABLE entry (
  seq {int} PRIMARY KEY, record_id {text} NOT NULL UNIQUE, kind {text} NOT NULL, version {int} NOT NULL,
  received_ms {int} NOT NULL, digest {text} NOT NULL, epoch {int} NOT NULL) {strict};
CREATE TABLE entry_stream (
  stream {text} NOT NULL, version {int} NOT NULL, seq {int} NOT NULL REFERENCES entry (seq),
  prev_digest {text} NOT NULL, PRIMARY KEY (stream, version)) {clustered};
CREATE INDEX entry_stream_seq ON entry_stream (seq);
CREATE TABLE content (
  seq {int} PRIMARY KEY REFERENCES entry (seq), issuer {text} NOT NULL, kind {text} NOT NULL, number {text} NOT NULL,
  personal {int} NOT NULL, erased {int} NOT NULL, body {body} NOT NULL, note {text}) {strict};
CREATE INDEX content_number ON content (issuer, kind, number);
CREATE TABLE content_key (seq {int} PRIMARY KEY REFERENCES entry (seq), secret {body} NOT NULL) {strict};
CREATE TABLE cause (
  after_id {text} NOT NULL, seq {int} NOT NULL REFERENCES entry (seq), PRIMARY KEY (after_id, seq)) {clustered};
CREATE TABLE proof (
  seq {int} NOT NULL REFERENCES entry (seq), digest {text} NOT NULL, securing {text} NOT NULL, method {text} NOT NULL,
  body {body} NOT NULL, PRIMARY KEY (seq, digest)) {strict};
CREATE TABLE attachment (
  seq {int} NOT NULL REFERENCES entry (seq), digest {text} NOT NULL, media_type {text} NOT NULL, body {body} NOT NULL,
  PRIMARY KEY (seq, digest)) {strict};
CREATE INDEX attachment_digest ON attachment (digest);
CREATE TABLE assessment (
  seq {int} NOT NULL REFERENCES entry (seq), version {int} NOT NULL, made_ms {int} NOT NULL, body {text} NOT NULL,
  digest {text} NOT NULL, PRIMARY KEY (seq, version)) {strict};
CREATE TABLE beside (seq {int} PRIMARY KEY REFERENCES entry (seq), parts {text} NOT NULL) {strict};
CREATE TABLE tombstone (
  seq {int} PRIMARY KEY REFERENCES entry (seq), reason {text} NOT NULL, by_seq {int} NOT NULL,
  erased_ms {int} NOT NULL) {strict};
CREATE TABLE view (name {text} PRIMARY KEY, version {int} NOT NULL, generation {int} NOT NULL) {clustered};
CREATE TABLE view_row (
  view {text} NOT NULL, generation {int} NOT NULL, key {text} NOT NULL, row {text} NOT NULL,
  PRIMARY KEY (view, generation, key)) {clustered};
CREATE TABLE view_balance (
  view {text} NOT NULL, generation {int} NOT NULL, account {text} NOT NULL, value {int} NOT NULL, floor {int},
  CONSTRAINT balance_floor CHECK (floor IS NULL OR value >= floor),
  PRIMARY KEY (view, generation, account)) {clustered};
CREATE TABLE outbox (
  id {int} PRIMARY KEY, peer {text} NOT NULL, lane {text} NOT NULL, key {text} NOT NULL,
  seq {int} REFERENCES entry (seq), body {text} NOT NULL, digest {text} NOT NULL, state {text} NOT NULL,
  attempts {int} NOT NULL, due_ms {int} NOT NULL, reason {text}, ack {text}, UNIQUE (peer, key)) {strict};
CREATE INDEX outbox_due ON outbox (state, peer, lane, id);
CREATE INDEX outbox_seq ON outbox (seq);
CREATE TABLE idempotency (
  scope {text} NOT NULL, key {text} NOT NULL, digest {text} NOT NULL, seq {int} NOT NULL REFERENCES entry (seq),
  answer {text}, made_ms {int} NOT NULL, PRIMARY KEY (scope, key)) {strict};
CREATE INDEX idempotency_seq ON idempotency (seq);
CREATE TABLE leaf (
  number {int} PRIMARY KEY, seq {int} NOT NULL UNIQUE REFERENCES entry (seq), hash {body} NOT NULL) {strict};
CREATE TABLE node (
  level {int} NOT NULL, position {int} NOT NULL, hash {body} NOT NULL, PRIMARY KEY (level, position)) {clustered};
CREATE TABLE tree_head (
  id {int} PRIMARY KEY, epoch {int} NOT NULL, size {int} NOT NULL, root {text} NOT NULL, time_ms {int} NOT NULL,
  signature {text} NOT NULL) {strict};
CREATE TABLE peer (
  id {text} PRIMARY KEY, url {text} NOT NULL, status {text} NOT NULL, key {text} NOT NULL,
  body {text} NOT NULL) {strict};
CREATE TABLE peer_head (
  id {int} PRIMARY KEY, peer {text} NOT NULL, log_id {text} NOT NULL, epoch {int} NOT NULL, size {int} NOT NULL,
  root {text} NOT NULL, time_ms {int} NOT NULL, signature {text} NOT NULL, verdict {text} NOT NULL) {strict};
CREATE INDEX peer_head_peer ON peer_head (peer, log_id, epoch, size);
CREATE TABLE waiting (key {text} PRIMARY KEY, body {body} NOT NULL, held_ms {int} NOT NULL) {strict};
CREATE TABLE waiting_for (
  missing {text} NOT NULL, key {text} NOT NULL REFERENCES waiting (key) ON DELETE CASCADE,
  PRIMARY KEY (missing, key)) {clustered};
CREATE INDEX waiting_for_key ON waiting_for (key)
"""
COSIGNATURES = (
    "CREATE TABLE cosignature (witness {text} NOT NULL, log_id {text} NOT NULL, epoch {int} NOT NULL, "
    "size {int} NOT NULL, root {text} NOT NULL, time_ms {int} NOT NULL, seen_ms {int} NOT NULL, "
    "signature {text} NOT NULL, PRIMARY KEY (witness, log_id, epoch, size)) {clustered}",
    "CREATE INDEX tree_head_size ON tree_head (size)",
)
"""What version 4 adds: those that peers gave of this log, and those that this node gave of theirs; one for each size of
a log's epoch, so that no witness gives two."""
TABLES += ";\n" + ";\n".join(COSIGNATURES)

APPEND_ONLY = ("entry", "entry_stream", "leaf", "node", "tree_head", "tombstone", "epoch", "cause")
"""Tables whose rows are never changed nor removed."""
ERASABLE = ("content", "content_key", "proof", "attachment", "assessment", "idempotency")
"""Tables whose rows change only for a record that has its tombstone."""
UNIQUE = {
    "entry": ("seq", "record_id"),
    "entry_stream": ("stream, version",),
    "leaf": ("number", "seq"),
    "node": ("level, position",),
    "tree_head": ("id",),
    "tombstone": ("seq",),
    "epoch": ("number",),
    "cause": ("after_id, seq",),
    "content": ("seq",),
    "content_key": ("seq",),
    "proof": ("seq, digest",),
    "attachment": ("seq, digest",),
    "assessment": ("seq, version",),
    "idempotency": ("scope, key",),
}
"""What is unique in each of them: SQLite's ``INSERT OR REPLACE`` removes a row with the same, and no trigger on
removing hears of it."""


LISTS = {
    "sqlite": (
        "CREATE TRIGGER beside_no_delete BEFORE DELETE ON beside BEGIN SELECT RAISE(ABORT, 'append-only: beside'); END",
        "CREATE TRIGGER beside_no_replace BEFORE INSERT ON beside "
        "WHEN EXISTS (SELECT 1 FROM beside WHERE seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'append-only: beside'); END",
    ),
    "postgresql": (
        "CREATE TRIGGER beside_guard BEFORE DELETE ON beside FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER beside_no_truncate BEFORE TRUNCATE ON beside EXECUTE FUNCTION refuse_change()",
    ),
}
"""Triggers, by database, that keep the list of an entry's parts from going; it changes when a part comes later."""


def statements(words: dict[str, str]) -> list[str]:
    """The statements that make the tables, in a database's own words."""
    return [part.strip().format(**words) for part in TABLES.split(";\n") if part.strip()]


def sqlite_guards(*, renew: bool = False) -> list[str]:
    """Triggers that hold the append-only tables in SQLite; ``renew``: in a database that has those of version 1."""
    found = []
    for act in ("UPDATE", "DELETE"):
        for table in (*APPEND_ONLY, *ERASABLE):
            name = f"{table}_no_{act.lower()}"
            found += [f"DROP TRIGGER IF EXISTS {name}"] if renew else []
            erased = " WHEN NOT EXISTS (SELECT 1 FROM tombstone WHERE seq = OLD.seq)" if table in ERASABLE else ""
            found.append(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table}{erased} "
                f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
            )
    for table, keys in UNIQUE.items():
        same = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE ({key}) = ({', '.join(f'NEW.{each}' for each in key.split(', '))}))"  # noqa: S608 - our own names
            for key in keys
        )
        found.append(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {same} "
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
        )
    return found if renew else [*found, *LISTS["sqlite"]]


def postgres_guards(*, renew: bool = False) -> list[str]:
    """Triggers that hold the append-only tables in PostgreSQL; ``renew``: in a database that has those of version 1."""
    found = [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = 'append-only: ' || TG_TABLE_NAME; END $$",
        "CREATE OR REPLACE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NOT EXISTS (SELECT 1 FROM tombstone WHERE seq = OLD.seq) THEN "
        "RAISE EXCEPTION USING MESSAGE = 'append-only: ' || TG_TABLE_NAME; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
    ]
    for tables, rule in ((APPEND_ONLY, "refuse_change"), (ERASABLE, "refuse_unless_erased")):
        for table in tables:
            found += [f"DROP TRIGGER IF EXISTS {table}_guard ON {table}"] if renew else []
            found += [
                f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {rule}()",
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()",
            ]
    return found if renew else [*found, *LISTS["postgresql"]]
