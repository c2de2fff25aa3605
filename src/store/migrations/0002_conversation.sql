-- When a delivery of its own was answered. So far only of interest for comments that were edited.
ALTER TABLE deliveries ADD COLUMN handled BIGINT;

-- Edited comments that wait for an answer. There are few at any time.
CREATE INDEX deliveries_edited ON deliveries (subject)
    WHERE event = 'issue_comment' AND action = 'edited' AND handled IS NULL;

-- The delivery that asked last, for people who want to know why something is looked at, or is not.
ALTER TABLE subjects ADD COLUMN last_delivery TEXT;

-- Ranks with room between them: a push, a command, the background.
UPDATE subjects SET priority = 20 WHERE priority = 1;

-- What is said or done once.
CREATE TABLE once (
    repository_id BIGINT NOT NULL,
    what          TEXT   NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (repository_id, what)
);
CREATE INDEX once_at ON once (at);
