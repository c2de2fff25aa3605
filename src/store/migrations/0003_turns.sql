-- The place in the line of its priority: what is due takes turns by repository. NULL until it is due and has
-- been given a place, and while it is leased.
ALTER TABLE subjects ADD COLUMN turn BIGINT CHECK (turn IS NULL OR due_at IS NOT NULL);

DROP INDEX subjects_due;

-- The claim's order.
CREATE INDEX subjects_line ON subjects (priority, turn, due_at) WHERE turn IS NOT NULL;

-- The last place that a repository has in the line.
CREATE INDEX subjects_turns ON subjects (repository_id, priority, turn) WHERE turn IS NOT NULL;

-- What waits for its time, or is leased.
CREATE INDEX subjects_waiting ON subjects (due_at) WHERE turn IS NULL AND due_at IS NOT NULL;
