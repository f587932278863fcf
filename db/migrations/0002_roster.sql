-- The roster: every record as versions that land once. Preparing writes versions above the environment's head; committing moves the
-- head and closes what was replaced. Parents are partitioned by the environment's bucket; nobody but the engine writes, nobody
-- reads a shared partition by name, because policies of a parent do not protect a partition.

create schema partitions;
create schema staging;
grant usage on schema partitions to rollcall_engine;
-- What a run has read and not yet compared, one table per run and entity, made and dropped by the engine.
grant usage, create on schema staging to rollcall_engine;

-- The columns that versions of every entity share. A version is current while from_seq <= head < to_seq.
create table version_columns (
  modified_at timestamptz,
  institution_id integer not null,
  environment_id integer not null,
  bucket integer not null,
  feed_id integer not null,
  from_seq integer not null,
  to_seq integer,
  -- The line in the file; below zero for rows that no file holds. Unique inside (environment, from_seq).
  line integer not null,
  -- The version that this one closes when it is committed; null: an add.
  replaces_seq integer,
  action text collate "C" not null default 'add',
  status text collate "C" not null default 'active',
  status_reason text collate "C",
  source_key text collate "C" not null,
  -- Null: the source key. Fixed at the first add.
  sourced_id text collate "C"
);

create table org_versions (like version_columns including defaults, name text collate "C", type text collate "C", identifier text collate "C",
  parent_key text collate "C", extras text collate "C") partition by list (bucket);

create table academic_session_versions (like version_columns including defaults, title text collate "C", type text collate "C",
  start_date text collate "C", end_date text collate "C", parent_key text collate "C", school_year text collate "C", org_key text collate "C",
  extras text collate "C") partition by list (bucket);

create table course_versions (like version_columns including defaults, title text collate "C", code text collate "C", grades text collate "C",
  subjects text collate "C", subject_codes text collate "C", org_key text collate "C", school_year_key text collate "C",
  description text collate "C", extras text collate "C") partition by list (bucket);

create table class_versions (like version_columns including defaults, title text collate "C", code text collate "C", type text collate "C",
  course_key text collate "C", school_key text collate "C", term_keys text collate "C", periods text collate "C", location text collate "C",
  grades text collate "C", subjects text collate "C", subject_codes text collate "C", start_date text collate "C", end_date text collate "C",
  parent_class_key text collate "C", extras text collate "C") partition by list (bucket);

create table user_versions (like version_columns including defaults, given_name text collate "C", family_name text collate "C",
  middle_name text collate "C", preferred_given_name text collate "C", preferred_middle_name text collate "C",
  preferred_family_name text collate "C", username text collate "C", email text collate "C", identifier text collate "C",
  grades text collate "C", enabled text collate "C", primary_role text collate "C", org_keys text collate "C", org_roles text collate "C",
  external_ids text collate "C", sms text collate "C", phone text collate "C", agent_keys text collate "C",
  extras text collate "C") partition by list (bucket);

create table enrollment_versions (like version_columns including defaults, class_key text collate "C", user_key text collate "C",
  school_key text collate "C", role text collate "C", is_primary text collate "C", start_date text collate "C", end_date text collate "C",
  extras text collate "C") partition by list (bucket);

create table relationship_versions (like version_columns including defaults, user_key text collate "C", related_user_key text collate "C",
  kind text collate "C", type_raw text collate "C", extras text collate "C") partition by list (bucket);

drop table version_columns;

-- What the last committed reading of a feed's file was: fingerprints of another shape are not trusted, an older file is held.
create table readings (
  institution_id integer not null,
  environment_id integer not null,
  feed_id integer not null,
  entity text not null,
  shape text not null,
  newest_at timestamptz,
  run_id uuid not null,
  primary key (institution_id, environment_id, feed_id, entity),
  foreign key (institution_id, environment_id) references environments (institution_id, id)
);

-- What became of one file of a run while it was loaded; the open set's later steps read it.
create table loads (
  institution_id integer not null,
  run_id uuid not null,
  position integer not null,
  entity text not null,
  file text not null,
  mode text not null,
  shape text not null,
  columns text[] not null,
  merged text[] not null,
  -- What the file calls the columns, for findings.
  headings jsonb not null,
  -- direct: straight into the final place; full: every row staged; quick: rows whose line is not known staged.
  landing text not null check (landing in ('direct', 'full', 'quick')),
  read integer not null,
  rejected integer not null,
  -- Rows in error whose key could not be read: while there is one, absence archives nobody.
  nameless integer not null,
  -- Lines that are current exactly as delivered, skipped by fingerprint; and how many of them stand there twice.
  known integer not null,
  repeated integer not null,
  newest_at timestamptz,
  issue_totals jsonb not null,
  primary key (institution_id, run_id, position, entity),
  foreign key (institution_id, run_id) references runs (institution_id, id)
);
select protect('readings'), protect('loads');
grant select, insert, update, delete on readings, loads to rollcall_engine;

-- What every partition of a parent is indexed by. Shared ones have the environment in front; in an own one it is the same for
-- every row and would only slow the sort that builds the index. No predicate on to_seq: closing a version stays HOT.
create table partitions.indexes (
  parent text not null,
  name text not null,
  is_unique boolean not null default false,
  -- Of use to readers of a roster and to later runs alone: a first load does without until it is committed.
  is_later boolean not null default false,
  columns text not null,
  condition text not null default '',
  primary key (parent, name)
);
insert into partitions.indexes (parent, name, is_later, columns) values
  ('enrollment_versions', 'class_key', true, 'class_key'),
  ('enrollment_versions', 'user_key', true, 'user_key'),
  ('class_versions', 'school_key', true, 'school_key, title'),
  -- As the names of people: no coalesce.
  ('class_versions', 'title', true, '(case when title is null then '''' else title end), source_key'),
  ('class_versions', 'course_key', true, 'course_key'),
  -- Missing names sort first. Not coalesce: Postgres holds it for leaky, so under row level security it would be no index condition.
  ('user_versions', 'name', true, '(case when family_name is null then '''' else family_name end), (case when given_name is null then '''' else given_name end), source_key'),
  ('relationship_versions', 'user_key', true, 'user_key'),
  ('relationship_versions', 'related_user_key', true, 'related_user_key');

-- Builds the indexes of one partition: those that a load needs, or those that can wait.
create function partitions.build_indexes(of_parent text, made text, prefix text, later boolean, only_name text default null)
returns void language plpgsql as $$
declare
  wanted partitions.indexes;
begin
  for wanted in select * from partitions.indexes where parent = of_parent and is_later = later and (only_name is null or name = only_name)
    order by is_unique desc, name loop
    execute format('create %s index if not exists %I on partitions.%I (%s) %s', case when wanted.is_unique then 'unique' else '' end,
      made || '_' || wanted.name, made, prefix || wanted.columns, wanted.condition);
  end loop;
end $$;

-- The trigrams of a partition of users. A first load does without: they are built once it is committed.
create function partitions.build_words(made text) returns void language plpgsql as $$
begin
  execute format('create index if not exists %I on partitions.%I using gin ((lower(coalesce(given_name, '''') || '' '' || coalesce(family_name, '''')
    || '' '' || coalesce(preferred_given_name, '''') || '' '' || coalesce(username, '''') || '' '' || coalesce(email, '''') || '' ''
    || coalesce(identifier, ''''))) public.gin_trgm_ops)', made || '_words', made);
end $$;

-- The roles of a person of whom a source says one role and a list of schools (OneRoster 1.1): that role at each of them, the first
-- one primary. Their line is kept as it came; only who reads the current roster sees them so.
create function plain_roles(org_keys text, primary_role text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select '[' || string_agg('{"key":' || to_json(org) || ',"org":' || to_json(org) || ',"role":' || to_json(primary_role)
      || ',"primary":' || (place = 1) || ',"start":null,"end":null}', ',' order by place) || ']'
  from unnest(string_to_array(org_keys, ',')) with ordinality o(org, place)
$$;

do $$
declare
  noun text;
  versions text;
  columns text;
begin
  foreach noun in array array['org', 'academic_session', 'course', 'class', 'user', 'enrollment', 'relationship'] loop
    versions := noun || '_versions';
    -- A fingerprint: the version (seq, line) is current exactly as the line with this hash says.
    execute format('create table %I (institution_id integer not null, environment_id integer not null, bucket integer not null,
      feed_id integer not null, seq integer not null, line integer not null, hash uuid not null) partition by list (bucket)', noun || '_fingerprints');
    insert into partitions.indexes (parent, name, is_unique, is_later, columns, condition) values
      (versions, 'key', true, false, 'source_key, feed_id, from_seq', ''),
      (versions, 'page', false, false, 'from_seq, action, line', ''),
      (versions, 'sourced_id', false, true, 'sourced_id', 'where sourced_id is not null'),
      (noun || '_fingerprints', 'version', false, true, 'seq, line', '');
    perform protect(versions::regclass), protect((noun || '_fingerprints')::regclass);
    for number in 1..8 loop
      execute format('create table partitions.%I partition of %I for values in (%s) with (fillfactor = 95)', versions || '_' || number, versions, number);
      execute format('create table partitions.%I partition of %I for values in (%s)', noun || '_fingerprints_' || number, noun || '_fingerprints', number);
      perform partitions.build_indexes(versions, versions || '_' || number, 'environment_id, ', false);
      perform partitions.build_indexes(versions, versions || '_' || number, 'environment_id, ', true);
      perform partitions.build_indexes(noun || '_fingerprints', noun || '_fingerprints_' || number, 'environment_id, ', true);
      if noun = 'user' then perform partitions.build_words(versions || '_' || number); end if;
    end loop;
    select string_agg(case attname when 'org_roles' then 'coalesce(v.org_roles, plain_roles(v.org_keys, v.primary_role)) collate "C" as org_roles'
      else format('v.%I', attname) end, ', ' order by attnum) into columns
      from pg_attribute where attrelid = versions::regclass and attnum > 0 and not attisdropped;
    execute format('create view %I with (security_invoker) as
      select %s from %I v
      join environments e on e.institution_id = v.institution_id and e.id = v.environment_id and e.bucket = v.bucket
      where v.from_seq <= e.head_seq and (v.to_seq is null or v.to_seq > e.head_seq)',
      case noun when 'class' then 'classes' else noun || 's' end, columns, versions);
    execute format('grant select on %I, %I to rollcall_app, rollcall_engine', versions, case noun when 'class' then 'classes' else noun || 's' end);
    execute format('grant insert, update, delete on %I to rollcall_engine', versions);
    execute format('grant select, insert, delete on %I to rollcall_engine', noun || '_fingerprints');
  end loop;
end $$;

-- A list of entries in JSON, each with a key, changed by another such list: entries of the same key are replaced, new ones join,
-- and one with "deleted": true leaves the list (or, where lists of changes are joined, stays as the word that it is). Primary ones
-- stand first, then keys decide, as where a full list is read: the next full list is no change.
create function merge_entries(base text, change text, keep_deleted boolean) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  with entries as (
    select coalesce(c.entry, b.entry) as entry
    from (select entry from json_array_elements(coalesce(base, '[]')::json) e(entry)) b
    full join (select entry from json_array_elements(coalesce(change, '[]')::json) e(entry)) c
      on c.entry ->> 'key' = b.entry ->> 'key')
  select '[' || string_agg(entry::text, ',' order by (entry ->> 'primary') is distinct from 'true', entry ->> 'key' collate "C") || ']'
  from entries
  where keep_deleted or (entry ->> 'deleted') is distinct from 'true'
$$;

-- The ids that a person's profiles give, as userIds are written: {vendor:name}. Those that cannot be written so stay in the extras alone.
create function profile_ids(extras text) returns text[]
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(distinct p.id), '{}')
  from json_array_elements(coalesce(extras::json #> '{or,profiles}', '[]')) e,
    lateral (select '{' || (e ->> 'vendorId') || ':' || (e ->> 'username') || '}' as id) p
  where p.id ~ '^\{[^{}:,]+:[^{},]+\}$'
$$;

-- What follows from a person's roles: the main one (the kinds of administrator have one word), and the orgs, the main one first. Among
-- several main roles that at first_org leads.
create function follow_roles(roles text, first_org text, out primary_role text, out org_keys text)
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  with entries as (
    select e ->> 'org' as org, e ->> 'role' as role,
      row_number() over (order by (e ->> 'primary') is distinct from 'true', e ->> 'org' is distinct from first_org and (e ->> 'primary') = 'true',
        e ->> 'key' collate "C") as place
    from json_array_elements(coalesce(roles, '[]')::json) e),
  orgs as (select org, min(place) as place from entries group by org)
  select (select case when role in ('districtAdministrator', 'siteAdministrator', 'systemAdministrator') then 'administrator' else role end
      from entries where place = 1),
    (select string_agg(org, ',' order by place) from orgs)
$$;

-- The owner makes partitions for an environment of the institution that the transaction was opened for.
create policy owner_in_tenant on environments for select to rollcall_owner
  using (institution_id = (select current_setting('app.institution_id'))::int);

-- Says whether an environment may have own partitions made, emptied or dropped: it is the institution's, and nothing was ever
-- committed there. Returns the number of its own bucket.
create function partitions.own_bucket(environment integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  head integer;
begin
  select head_seq into head from environments where id = environment;
  if head is null then raise exception 'No environment % in this institution', environment using errcode = 'insufficient_privilege'; end if;
  if head > 0 then raise exception 'Environment % holds a roster', environment using errcode = 'object_not_in_prerequisite_state'; end if;
  return 1000 + environment;
end $$;

-- Makes an empty partition of an environment's own that is not attached yet, for a first load without indexes. What a run fills
-- in alike for every row are defaults, so that they need not travel. An earlier one, attached or not, goes first.
create function partitions.make(parent text, environment integer, feed integer) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  own integer := partitions.own_bucket(environment);
  institution integer := current_setting('app.institution_id')::int;
  made text := parent || '_' || own;
begin
  if parent !~ '^(org|academic_session|course|class|user|enrollment|relationship)_(versions|fingerprints)$' then
    raise exception 'No parent %', parent using errcode = 'invalid_parameter_value';
  end if;
  set local lock_timeout = '5s';
  if exists (select from pg_inherits where inhparent = parent::regclass and inhrelid = to_regclass('partitions.' || made)) then
    execute format('alter table public.%I detach partition partitions.%I', parent, made);
  end if;
  execute format('drop table if exists partitions.%I', made);
  execute format('create table partitions.%I (like public.%I including defaults) with (fillfactor = %s)', made, parent,
    case when parent like '%versions' then 95 else 100 end);
  execute format('alter table partitions.%I alter institution_id set default %s, alter environment_id set default %s, alter bucket set default %s,
    alter feed_id set default %s, alter %I set default 1,
    add constraint own check (bucket = %s and institution_id = %s and environment_id = %s)',
    made, institution, environment, own, feed, case when parent like '%versions' then 'from_seq' else 'seq' end, own, institution, environment);
  execute format('grant select, insert on partitions.%I to rollcall_engine', made);
  return 'partitions.' || made;
end $$;

-- Builds one index of an own partition that is not attached yet, so that two connections can build two; each by itself, since sorting
-- in parts costs twice the work. False, and nothing done, when keys are not unique.
create function partitions.build(parent text, environment integer, index_name text) returns boolean
language plpgsql security definer set search_path = public, pg_temp set max_parallel_maintenance_workers = 0 as $$
begin
  set local lock_timeout = '5s';
  perform partitions.build_indexes(parent, parent || '_' || partitions.own_bucket(environment), '', false, index_name);
  return true;
exception when unique_violation then
  return false;
end $$;

-- Builds the indexes that are not there yet, gathers statistics and attaches. False, and nothing done, when keys are not unique.
create function partitions.attach(parent text, environment integer) returns boolean
language plpgsql security definer set search_path = public, pg_temp set default_statistics_target = 15 as $$
declare
  own integer := partitions.own_bucket(environment);
  made text := parent || '_' || own;
begin
  set local lock_timeout = '5s';
  perform partitions.build_indexes(parent, made, '', false);
  if parent like '%versions' then execute format('analyze partitions.%I', made); end if;
  execute format('alter table public.%I attach partition partitions.%I for values in (%s)', parent, made, own);
  return true;
exception when unique_violation then
  return false;
end $$;

-- Removes rows from an own partition that is not attached yet: lines that turned out to be no good before its key was built.
create function partitions.remove(parent text, environment integer, lines integer[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  execute format('delete from partitions.%I where line = any($1)', parent || '_' || partitions.own_bucket(environment)) using lines;
end $$;

-- Empties every own partition of an environment in which nothing was ever committed.
create function partitions.empty(environment integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  own integer := partitions.own_bucket(environment);
  found text;
begin
  set local lock_timeout = '5s';
  for found in select relname from pg_class where relnamespace = 'partitions'::regnamespace and relkind = 'r' and relname like '%\_' || own loop
    execute format('truncate partitions.%I', found);
  end loop;
end $$;

-- Builds what readers of a roster in own partitions need beyond what the load needed. Called after a commit; does nothing the
-- second time. Readers go on meanwhile.
create function partitions.index_roster(environment integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  own integer := 1000 + environment;
  named text;
begin
  if not exists (select from environments where id = environment) then
    raise exception 'No environment % in this institution', environment using errcode = 'insufficient_privilege';
  end if;
  for named in select distinct parent from partitions.indexes where is_later loop
    if to_regclass('partitions.' || named || '_' || own) is not null then
      perform partitions.build_indexes(named, named || '_' || own, '', true);
      -- The next quick run joins all fingerprints: by guesses its hash table would be a thousand times too small.
      if named like '%fingerprints' and not exists (select from pg_stats where schemaname = 'partitions' and tablename = named || '_' || own) then
        execute format('analyze partitions.%I', named || '_' || own);
      end if;
    end if;
  end loop;
  if to_regclass('partitions.user_versions_' || own) is not null then perform partitions.build_words('user_versions_' || own); end if;
end $$;

-- Joins through a parent are planned by the parent's own statistics, which nothing gathers by itself. Called after a commit;
-- works only where the parents have grown or shrunk by a fifth since.
create function partitions.analyze_parents() returns void
language plpgsql security definer set search_path = public, pg_temp set default_statistics_target = 30 as $$
declare
  grown regclass;
begin
  for grown in
    select p.oid from pg_class p join pg_inherits i on i.inhparent = p.oid join pg_class c on c.oid = i.inhrelid
    where p.relnamespace = 'public'::regnamespace and p.relkind = 'p' and (p.relname like '%\_versions' or p.relname like '%\_fingerprints')
    group by p.oid, p.reltuples
    having sum(greatest(c.reltuples, 0)) > 0 and abs(sum(greatest(c.reltuples, 0)) - greatest(p.reltuples, 0)) > 0.2 * greatest(p.reltuples, 1)
  loop
    execute format('analyze only %s', grown);
  end loop;
end $$;

-- New sequence numbers are unknown to the statistics until a partition is analyzed again.
create function partitions.analyze_bucket(parent text, wanted_bucket integer) returns void
language plpgsql security definer set search_path = public, pg_temp set default_statistics_target = 30 as $$
begin
  execute format('analyze partitions.%I', parent || '_' || wanted_bucket);
end $$;

revoke execute on all functions in schema partitions from public;
grant execute on function partitions.make, partitions.build, partitions.attach, partitions.remove, partitions.empty, partitions.index_roster,
  partitions.analyze_bucket, partitions.analyze_parents to rollcall_engine;

-- Finds people by any part of their words. Pattern matching cannot use an index under row level security, so this runs past it
-- and tests institution and environment itself (15 ms against 780 on half a million people).
create function search_users(institution integer, environment integer, wanted_bucket integer, words text, school text, part text,
  archived boolean, after_name text, after_key text, rows_max integer)
returns table (feed_id integer, source_key text, sort_name text)
language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  patterns text[];
  head integer;
begin
  if institution is distinct from current_setting('app.institution_id')::int then
    raise exception 'Not this institution' using errcode = 'insufficient_privilege';
  end if;
  select head_seq into head from environments e where e.id = environment and e.institution_id = institution and e.bucket = wanted_bucket;
  if head is null then return; end if;
  if length(replace(words, ' ', '')) < 4 then raise exception 'At least four letters' using errcode = 'invalid_parameter_value'; end if;
  -- The longest word first: the index of trigrams is asked for it alone, since `like all` can be no index condition.
  select array_agg('%' || regexp_replace(word, '([%_\\])', '\\\1', 'g') || '%' order by length(word) desc) into patterns
    from regexp_split_to_table(lower(words), '\s+') word where word <> '';
  return query
    select v.feed_id, v.source_key, lower(coalesce(v.family_name, '') || ' ' || coalesce(v.given_name, ''))
    from user_versions v
    where v.institution_id = institution and v.environment_id = environment and v.bucket = wanted_bucket
      and v.from_seq <= head and (v.to_seq is null or v.to_seq > head)
      and (lower(coalesce(v.given_name, '') || ' ' || coalesce(v.family_name, '') || ' ' || coalesce(v.preferred_given_name, '') || ' '
        || coalesce(v.username, '') || ' ' || coalesce(v.email, '') || ' ' || coalesce(v.identifier, ''))) like patterns[1]
      and (cardinality(patterns) = 1
        or (lower(coalesce(v.given_name, '') || ' ' || coalesce(v.family_name, '') || ' ' || coalesce(v.preferred_given_name, '') || ' '
          || coalesce(v.username, '') || ' ' || coalesce(v.email, '') || ' ' || coalesce(v.identifier, ''))) like all (patterns))
      and (archived or v.status <> 'archived')
      and (school is null or school = any (string_to_array(v.org_keys, ',')))
      and (part is null or part = case v.primary_role when 'student' then 'students' when 'teacher' then 'teachers' else 'others' end)
      and (after_name is null or (lower(coalesce(v.family_name, '') || ' ' || coalesce(v.given_name, '')), v.source_key) > (after_name, after_key))
    order by 3, 2
    limit least(rows_max, 200);
end $$;
grant select on user_versions, environments to rollcall_search;
revoke execute on function search_users from public;
grant execute on function search_users to rollcall_app, rollcall_engine;
grant create on schema public to rollcall_search;
alter function search_users owner to rollcall_search;
revoke create on schema public from rollcall_search;
