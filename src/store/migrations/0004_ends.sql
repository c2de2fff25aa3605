-- The base branch, where it matters before GitHub is asked: of a merge group, and of a sweep after its rules changed.
ALTER TABLE subjects ADD COLUMN base TEXT;

-- What a check says, for whoever shares its commit, and against which branch.
ALTER TABLE checks ADD COLUMN base TEXT;
ALTER TABLE checks ADD COLUMN conclusion TEXT;
ALTER TABLE checks ADD COLUMN title TEXT;

-- Installations that end, and repositories that are renamed.
CREATE INDEX subjects_installation ON subjects (installation);
