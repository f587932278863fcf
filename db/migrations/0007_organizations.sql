-- What the vendor sets and keeps about an institution, and how the schools of its roster are its organizations.

-- What an institution may send and how much of it waits for a person. Null: as everybody's.
create table institution_limits (
  institution_id integer primary key references institutions (id),
  rows_max integer check (rows_max > 0),
  files_max integer check (files_max > 0),
  file_bytes_max bigint check (file_bytes_max > 0),
  runs_max integer check (runs_max > 0),
  archive_percent integer check (archive_percent between 0 and 100),
  edit_percent integer check (edit_percent between 0 and 100),
  error_percent integer check (error_percent between 0 and 100),
  updated_at timestamptz not null default now(),
  updated_by integer references accounts (id)
);

-- Who of the vendor looks after an institution; nobody without a row.
create table institution_owners (
  institution_id integer primary key references institutions (id),
  account_id integer not null references accounts (id),
  since timestamptz not null default now()
);

-- What the vendor's people write down about an institution for each other; appended and never changed.
create table institution_notes (
  id bigint primary key generated always as identity,
  institution_id integer not null references institutions (id),
  at timestamptz not null default now(),
  account_id integer not null references accounts (id),
  text text not null
);
create index on institution_notes (institution_id, at);

-- Whether the portal is one school or many. Without a row it is many, and every school is synced.
-- `school_key` is the one school of a single-school portal; null: not chosen yet, so that every school is synced.
create table organization_modes (
  institution_id integer primary key references institutions (id),
  mode text not null check (mode in ('single', 'multi')),
  school_key text collate "C",
  updated_at timestamptz not null default now(),
  updated_by integer references accounts (id),
  check (mode = 'single' or school_key is null)
);

-- A part of the institution to which schools of its rosters belong, in both environments.
create table organizations (
  id integer primary key generated always as identity,
  institution_id integer not null references institutions (id),
  name text not null check (name <> ''),
  parent_id integer,
  created_at timestamptz not null default now(),
  created_by integer references accounts (id),
  unique (institution_id, id),
  foreign key (institution_id, parent_id) references organizations (institution_id, id)
);

-- To which organization a school (or a district above it) of the rosters belongs, by its source key.
create table organization_schools (
  institution_id integer not null,
  school_key text not null collate "C",
  organization_id integer not null,
  primary key (institution_id, school_key),
  foreign key (institution_id, organization_id) references organizations (institution_id, id)
);
create index on organization_schools (institution_id, organization_id);

-- The list of all runs of all institutions, newest first.
create index on runs (created_at, id);

select protect('institution_limits'), protect('institution_owners'), protect('institution_notes'), protect('organization_modes'),
  protect('organizations'), protect('organization_schools');

grant select on institution_limits to rollcall_app, rollcall_engine;
grant select, insert, update on organization_modes to rollcall_app;
grant select, insert, update, delete on organizations, organization_schools to rollcall_app;
grant select on organization_modes to rollcall_engine;

create policy vendor_staff on institution_limits to rollcall_vendor using (true) with check (true);
create policy vendor_staff on institution_owners to rollcall_vendor using (true) with check (true);
create policy vendor_staff on institution_notes to rollcall_vendor using (true) with check (true);
grant select, insert, update on institution_limits, institution_owners to rollcall_vendor;
grant delete on institution_owners to rollcall_vendor;
grant select, insert on institution_notes to rollcall_vendor;
