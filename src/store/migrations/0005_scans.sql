-- How far a list of GitHub's was read. Lost, it is read again from its beginning.
CREATE TABLE scans (
    what     TEXT   NOT NULL PRIMARY KEY,
    -- Up to which of its entries it was read, by GitHub's clock.
    read_to  BIGINT,
    -- When it was begun last, by ours.
    begun_at BIGINT NOT NULL
);

-- Whether pull requests into a branch were ever reviewed.
CREATE INDEX checks_base ON checks (repository_id, base);
