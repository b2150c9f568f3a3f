"""What older programs wrote: a journal's tables and the accounts as they were."""

import sqlite3

from entrepot.journal._schema import APPEND_ONLY, ERASABLE


def set_back(journal, kind="sqlite", version=1):
    """Make the tables of an open journal what that version of them was, and close it: version 3 knew no
    cosignatures, version 2 no lists of what lies beside entries, version 1 fewer triggers either."""
    with journal.transaction() as db:
        db.execute("DROP TABLE cosignature")
        db.execute("DROP INDEX tree_head_size")
        if version < 3:
            db.execute("DROP TABLE beside")
        if version == 1:
            _drop_triggers(db, kind)
        db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(version),))
    journal.close()


def _drop_triggers(db, kind):
    if kind == "sqlite":
        for (name,) in db.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'"):
            if name.endswith("_no_replace") or name.startswith(("assessment_", "cause_", "idempotency_")):
                db.execute(f"DROP TRIGGER {name}")
        return
    for table in (*APPEND_ONLY, *ERASABLE):
        db.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    for table in ("assessment", "cause", "idempotency"):
        db.execute(f"DROP TRIGGER {table}_guard ON {table}")


def set_accounts_back(file):
    """Take the second migration of tokens and the newest of the accounts back; a passkey and an open invitation of then
    are kept there."""
    db = sqlite3.connect(file)
    db.execute("DROP TABLE access_act")
    db.execute("ALTER TABLE account_passkey DROP COLUMN name")
    db.execute("DROP TABLE account_lettercode")
    db.execute(
        "DELETE FROM django_migrations WHERE app = 'account' AND name IN ('0006_passkey_name', '0007_letter_code')"
    )
    person = {"email": "old@example.org", "name": "Old", "password": "!", "totp": "", "totp_used": 0, "epoch": 0}
    person |= {"is_active": 1, "is_operator": 0, "letter_codes": 0, "joined": "2026-01-01"}
    places = ", ".join(f":{each}" for each in person)
    number = db.execute(f"INSERT INTO account_person ({', '.join(person)}) VALUES ({places})", person).lastrowid
    kept = (number, "d" * 64, "00", 0, "2026-01-01")
    db.execute("INSERT INTO account_passkey (person_id, digest, public, count, added) VALUES (?, ?, ?, ?, ?)", kept)
    asked = ("d" * 64, "did:web:old.example", "clerk", "new@example.org", number, "2099-01-01")
    names = "digest, party, role, email, invited_by_id, expires"
    db.execute(f"INSERT INTO account_invitation ({names}) VALUES (?, ?, ?, ?, ?, ?)", asked)
    db.execute("DELETE FROM django_migrations WHERE name = '0002_act'")
    db.commit()
    db.close()
