-- Feeds, what arrives by them, and the runs that turn an arrival into a reviewed plan.

create table feeds (
  id integer primary key generated always as identity,
  institution_id integer not null references institutions (id),
  name text not null,
  source text not null,
  draft_version integer not null default 1,
  production_version integer,
  created_at timestamptz not null default now(),
  created_by integer references accounts (id),
  disabled_at timestamptz,
  unique (institution_id, name),
  unique (institution_id, id)
);

-- One version of what a feed says about reading and holding. Never changed: a change is the next version.
create table feed_settings (
  institution_id integer not null,
  feed_id integer not null,
  version integer not null,
  reading jsonb not null default '{"modes": {}, "encoding": null, "dateOrder": null}',
  limits jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by integer references accounts (id),
  primary key (institution_id, feed_id, version),
  foreign key (institution_id, feed_id) references feeds (institution_id, id)
);

-- One arrival of a feed's data; immutable once `ready`. `digest` is of the original bytes, which are not kept.
create table deliveries (
  id uuid primary key default uuidv7(),
  institution_id integer not null,
  feed_id integer not null,
  state text not null check (state in ('open', 'ready', 'cancelled', 'refused')),
  door text not null check (door in ('upload', 'command')),
  package_name text,
  digest text,
  bytes bigint not null default 0,
  issues jsonb not null default '[]',
  begun_at timestamptz not null default now(),
  begun_by integer references accounts (id),
  finished_at timestamptz,
  unique (institution_id, id),
  foreign key (institution_id, feed_id) references feeds (institution_id, id)
);
create index on deliveries (institution_id, feed_id, finished_at);

-- A file of a delivery. While the delivery is open: what arrives; once it is ready: what was kept, scrubbed and sealed.
create table delivery_files (
  institution_id integer not null,
  delivery_id uuid not null,
  name text not null,
  role text not null check (role in ('arriving', 'kept')),
  declared_bytes bigint,
  bytes bigint not null default 0,
  digest text,
  object_key text not null,
  emptied jsonb not null default '{}',
  finished_at timestamptz,
  primary key (institution_id, delivery_id, role, name),
  foreign key (institution_id, delivery_id) references deliveries (institution_id, id)
);

create table runs (
  id uuid primary key default uuidv7(),
  institution_id integer not null,
  number integer not null,
  environment_id integer not null,
  feed_id integer not null,
  delivery_id uuid not null,
  kind text not null check (kind in ('full', 'quick')),
  trigger text not null check (trigger in ('person', 'command', 'arrival', 'schedule', 'again')),
  auto_commit boolean not null default false,
  schools text[],
  settings_version integer not null,
  state text not null check (state in ('queued', 'collecting', 'loading', 'checking', 'comparing', 'ready', 'held', 'committing',
    'committed', 'discarded', 'superseded', 'setAside', 'expired', 'failed', 'ignored')),
  reason text,
  reason_code text,
  base_seq integer,
  counts jsonb not null default '{}',
  verdict jsonb,
  override jsonb,
  selection_version integer not null default 0,
  fence bigint,
  again_of uuid,
  started_by integer references accounts (id),
  decided_by integer references accounts (id),
  commit_seq integer,
  -- The version of the rules by which the source read the deliveries; null until it has.
  rules_version text,
  cancel_requested_at timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  heartbeat_at timestamptz,
  prepared_at timestamptz,
  touched_at timestamptz,
  ended_at timestamptz,
  unique (institution_id, number),
  unique (institution_id, id),
  foreign key (institution_id, environment_id) references environments (institution_id, id),
  foreign key (institution_id, feed_id) references feeds (institution_id, id),
  foreign key (institution_id, delivery_id) references deliveries (institution_id, id)
);
-- One open set per environment: the rows above its head belong to exactly this run.
create unique index runs_one_open on runs (environment_id)
  where state in ('collecting', 'loading', 'checking', 'comparing', 'ready', 'held', 'committing');
create index on runs (institution_id, environment_id, created_at);
create index on runs (institution_id, delivery_id);

-- The deliveries that a run takes, oldest first: one bulk delivery, or every delta since the last committed one.
create table run_deliveries (
  institution_id integer not null,
  run_id uuid not null,
  position integer not null,
  delivery_id uuid not null,
  -- A person discarded the plan and said that this delivery shall come along with no later run.
  dropped boolean not null default false,
  primary key (institution_id, run_id, position),
  foreign key (institution_id, run_id) references runs (institution_id, id),
  foreign key (institution_id, delivery_id) references deliveries (institution_id, id)
);
create index on run_deliveries (institution_id, delivery_id) where dropped;

-- What a phase has done so far, written by the step that does it.
create table run_progress (
  institution_id integer not null,
  run_id uuid not null,
  phase text not null,
  item text not null default '',
  done bigint not null default 0,
  expected bigint,
  started_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (institution_id, run_id, phase, item),
  foreign key (institution_id, run_id) references runs (institution_id, id)
);

-- The tie-out of one file: where each row that was read went.
create table run_files (
  institution_id integer not null,
  run_id uuid not null,
  position integer not null,
  name text not null,
  entity text,
  mode text not null check (mode in ('bulk', 'delta', 'undecided', 'absent')),
  bytes bigint not null,
  encoding text,
  digest text,
  -- Records of the file; of one whose rows are read into those of another file, that file's name.
  rows bigint,
  merged_into text,
  counts jsonb not null default '{}',
  primary key (institution_id, run_id, position, name),
  foreign key (institution_id, run_id) references runs (institution_id, id)
);

-- The tie-out of one school and entity; school_key '' stands for rows of no school.
create table run_schools (
  institution_id integer not null,
  run_id uuid not null,
  school_key text not null collate "C",
  school_name text,
  entity text not null,
  counts jsonb not null,
  primary key (institution_id, run_id, school_key, entity),
  foreign key (institution_id, run_id) references runs (institution_id, id)
);

-- Findings about data. Totals by code stand in run_issue_totals; rows here may be fewer (the store's limit), never wrong.
create table issues (
  id bigint primary key generated always as identity,
  institution_id integer not null,
  run_id uuid not null,
  -- Which of the run's deliveries.
  position integer not null default 1,
  severity text not null check (severity in ('refusal', 'error', 'warning')),
  code text not null,
  entity text,
  source_key text collate "C",
  file text not null,
  line integer,
  column_name text,
  seen text,
  detail text not null,
  -- The row that it is about, once the plan is prepared: the school under which the tie-out counts it ('' or null: none), its line
  -- (of a finding in roles.csv the line of its person), and what became of it where it changes nothing.
  school_key text collate "C",
  row_line integer,
  outcome text check (outcome in ('rejected', 'ignored')),
  foreign key (institution_id, run_id) references runs (institution_id, id)
);
create index on issues (institution_id, run_id, code, id);
create index on issues (institution_id, run_id, entity, source_key);

create table run_issue_totals (
  institution_id integer not null,
  run_id uuid not null,
  severity text not null,
  code text not null,
  entity text not null default '',
  total bigint not null,
  primary key (institution_id, run_id, severity, code, entity),
  foreign key (institution_id, run_id) references runs (institution_id, id)
);

-- What a version cannot say of a change: why, and what it drags along. A change without a row here was simply listed in the file.
create table changes (
  institution_id integer not null,
  run_id uuid not null,
  entity text not null,
  source_key text not null collate "C",
  reason text not null,
  detail jsonb not null default '{}',
  primary key (institution_id, run_id, entity, source_key),
  foreign key (institution_id, run_id) references runs (institution_id, id)
);

-- Changes that are off. Everything else in the plan is on. Off at one selection version, perhaps on again at a later one.
-- cause: person (unticked), before (refused earlier, came back identical), follows (cannot stand without one that is off), named (still named by rows that stay).
create table left_out (
  institution_id integer not null,
  run_id uuid not null,
  entity text not null,
  source_key text not null collate "C",
  action text not null,
  -- Of users only, as reports split them: students, teachers, others.
  part text,
  cause text not null check (cause in ('person', 'before', 'follows', 'named')),
  detail jsonb not null default '{}',
  off_at integer not null,
  on_at integer,
  primary key (institution_id, run_id, entity, source_key, off_at),
  foreign key (institution_id, run_id) references runs (institution_id, id)
);

-- Each act of choosing, in order: whose, about which changes, on or off.
create table choices (
  institution_id integer not null,
  run_id uuid not null,
  version integer not null,
  scope jsonb not null,
  is_on boolean not null,
  changed bigint not null,
  account_id integer references accounts (id),
  at timestamptz not null default now(),
  undone_at timestamptz,
  primary key (institution_id, run_id, version),
  foreign key (institution_id, run_id) references runs (institution_id, id)
);

-- A change that somebody refused: when it comes back with the same digest it is off and says so.
create table refusals (
  institution_id integer not null,
  environment_id integer not null,
  feed_id integer not null,
  entity text not null,
  source_key text not null collate "C",
  action text not null,
  digest uuid not null,
  run_id uuid not null,
  account_id integer references accounts (id),
  at timestamptz not null default now(),
  primary key (institution_id, environment_id, feed_id, entity, source_key),
  foreign key (institution_id, environment_id) references environments (institution_id, id)
);

-- A person's word to commit, discard or take a hold's exit; jobs read it, since an event may pass before anyone waits for it.
create table decisions (
  id bigint primary key generated always as identity,
  institution_id integer not null,
  run_id uuid not null,
  verb text not null check (verb in ('commit', 'discard')),
  selection_version integer not null,
  account_id integer references accounts (id),
  at timestamptz not null default now(),
  foreign key (institution_id, run_id) references runs (institution_id, id)
);
create unique index decisions_one_commit on decisions (run_id) where verb = 'commit';

select protect('feeds'), protect('feed_settings'), protect('deliveries'), protect('delivery_files'), protect('runs'), protect('run_deliveries'),
  protect('run_progress'), protect('run_files'), protect('run_schools'), protect('issues'), protect('run_issue_totals'), protect('changes'),
  protect('left_out'), protect('choices'), protect('refusals'), protect('decisions');

grant select, insert, update on feeds, deliveries, runs to rollcall_app, rollcall_engine;
grant select, insert on feed_settings, choices, decisions to rollcall_app, rollcall_engine;
grant update on choices to rollcall_app;
grant select, insert, update, delete on delivery_files, left_out to rollcall_app, rollcall_engine;
grant select, insert on run_deliveries to rollcall_app, rollcall_engine;
grant update (dropped) on run_deliveries to rollcall_app;
grant select on run_progress, run_files, run_schools, issues, run_issue_totals, changes, refusals to rollcall_app;
grant select, insert, update, delete on run_progress, run_files, run_schools, issues, run_issue_totals, changes, refusals to rollcall_engine;

do $$
declare named text;
begin
  foreach named in array array['feeds', 'feed_settings', 'deliveries', 'runs', 'run_progress', 'run_issue_totals'] loop
    execute format('create policy vendor_staff on %I for select to rollcall_vendor using (true)', named);
    execute format('grant select on %I to rollcall_vendor', named);
  end loop;
end $$;

-- To whom the notices of a run went. Mails belong to no tenant: this asks itself whose the run is.
create function mails_sent_of(run uuid)
returns table (kind text, sent_at timestamptz, recipients text[])
language sql stable security definer set search_path = public, pg_temp as $$
  select m.kind, max(m.sent_at), array_agg(m.recipient order by m.recipient)
  from runs r join mails m on m.run_id = r.id
  where r.id = run and r.institution_id = current_setting('app.institution_id')::int and m.sent_at is not null
  group by m.kind
$$;
grant select (id, institution_id) on runs to rollcall_directory;
grant select (run_id, kind, recipient, sent_at) on mails to rollcall_directory;
revoke execute on function mails_sent_of from public;
grant execute on function mails_sent_of to rollcall_app;
grant create on schema public to rollcall_directory;
alter function mails_sent_of owner to rollcall_directory;
revoke create on schema public from rollcall_directory;
