-- Times are milliseconds since 1970 in UTC. The SQL keeps to what SQLite and PostgreSQL share.

-- What GitHub sent. No payload: what matters is read back from GitHub.
CREATE TABLE deliveries (
    guid        TEXT   NOT NULL PRIMARY KEY,
    event       TEXT   NOT NULL,
    action      TEXT,
    subject     TEXT,
    comment_id  BIGINT,
    received_at BIGINT NOT NULL
);

-- Old deliveries are deleted in this order.
CREATE INDEX deliveries_received_at ON deliveries (received_at);

-- The worklist: one row for each thing that is looked at.
CREATE TABLE subjects (
    key           TEXT   NOT NULL PRIMARY KEY,
    kind          TEXT   NOT NULL,
    installation  BIGINT NOT NULL,
    repository_id BIGINT NOT NULL,
    owner         TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    number        BIGINT NOT NULL,
    priority      BIGINT NOT NULL,
    -- How often somebody asked for it, and the last of these that was answered.
    wanted        BIGINT NOT NULL,
    done          BIGINT NOT NULL,
    -- When it may be claimed next; the end of the lease while it is leased; NULL when nothing is to be done.
    due_at        BIGINT,
    -- Set while a worker holds it.
    lease_until   BIGINT,
    -- Grows with each claim: whoever holds an older number has lost its lease.
    claims        BIGINT NOT NULL,
    -- Tries since it was last asked for or answered, and how many of these in a row never came back.
    attempts      BIGINT NOT NULL,
    losses        BIGINT NOT NULL,
    -- GitHub said not before: a new delivery does not shorten it.
    hold_until    BIGINT,
    -- Since when an answer is owed.
    pending_since BIGINT,
    last_error    TEXT,
    -- The head commit that a delivery or a review saw last.
    head          TEXT,
    updated_at    BIGINT NOT NULL,
    CHECK (done <= wanted),
    CHECK ((due_at IS NULL) = (done = wanted)),
    CHECK (lease_until IS NULL OR due_at = lease_until)
);

-- The claim's order; only rows with something to do are in it, so that it stays small.
CREATE INDEX subjects_due ON subjects (priority, due_at) WHERE due_at IS NOT NULL;

-- What was posted last, so that an equal output is not posted again.
CREATE TABLE checks (
    repository_id BIGINT NOT NULL,
    head          TEXT   NOT NULL,
    external_id   TEXT   NOT NULL,
    check_run_id  BIGINT NOT NULL,
    output_hash   TEXT   NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (repository_id, head, external_id)
);
