-- Each review asks on which commits something stands under its mark, and whoever leaves a commit asks who else has it.
CREATE INDEX checks_mark ON checks (repository_id, external_id, updated_at);

CREATE INDEX subjects_head ON subjects (repository_id, head);
