-- How long data live and how they end: what is kept for how many days, the institution as a file, its deletion with a certificate,
-- and the daily word about each audit chain.

-- How long an institution keeps what it need not keep for ever, in days. Null: as everybody.
create table institution_retention (
  institution_id integer primary key references institutions (id),
  files_days integer check (files_days > 0),
  detail_days integer check (detail_days > 0),
  history_days integer check (history_days > 0),
  mail_days integer check (mail_days > 0),
  updated_at timestamptz not null default now(),
  updated_by integer references accounts (id)
);

-- The longest that the vendor's staff let an institution keep them.
alter table institution_limits
  add column files_days_max integer check (files_days_max > 0),
  add column detail_days_max integer check (detail_days_max > 0),
  add column history_days_max integer check (history_days_max > 0),
  add column mail_days_max integer check (mail_days_max > 0);

alter table deliveries
  -- Since when the sealed files of the delivery are gone; its row stays, as what arrived.
  add column files_removed_at timestamptz;
alter table runs
  -- Since when findings, choices and reasons of the run are gone; its counts stay.
  add column detail_removed_at timestamptz;
alter table environments
  -- Versions that were replaced at or below this commit are not promised any more: such commits cannot be undone.
  add column history_from_seq integer not null default 0,
  -- And at or below this one they are gone.
  add column history_removed_seq integer not null default 0;

-- Whose matter a mail is, where it is an institution's: the transaction that writes it says so. What is told of a deleted one is nobody's.
alter table mails add column of_institution integer references institutions (id);
create index on mails (of_institution, created_at);
create function mail_is_about() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.kind <> 'certificate' then
    new.of_institution := coalesce(new.of_institution, nullif(current_setting('app.institution_id', true), '')::integer);
  end if;
  return new;
end $$;
create trigger mail_is_about before insert on mails for each row execute function mail_is_about();

-- An institution as one file, for its owners.
create table institution_exports (
  id uuid primary key default uuidv7(),
  institution_id integer not null references institutions (id),
  state text not null check (state in ('queued', 'working', 'ready', 'failed', 'removed')),
  requested_by integer references accounts (id),
  requested_at timestamptz not null default now(),
  object_key text,
  bytes bigint,
  -- Rows by file of the zip.
  rows jsonb not null default '{}',
  finished_at timestamptz,
  expires_at timestamptz,
  reason text
);
create unique index institution_exports_one_open on institution_exports (institution_id) where state in ('queued', 'working');
create index on institution_exports (institution_id, requested_at);

-- An owner wants the institution gone; somebody else of the vendor agrees; after two weeks in which anybody of both may stop it, it goes.
create table deletion_requests (
  id uuid primary key default uuidv7(),
  institution_id integer not null references institutions (id),
  state text not null check (state in ('requested', 'approved', 'rejected', 'cancelled', 'purging')),
  reason text not null,
  requested_by integer not null references accounts (id),
  requested_at timestamptz not null default now(),
  decided_by integer references accounts (id),
  decided_at timestamptz,
  decision_note text,
  due_at timestamptz,
  ended_by integer references accounts (id),
  ended_at timestamptz,
  certificate_id uuid,
  constraint deletion_two_people check (decided_by is null or decided_by <> requested_by),
  constraint deletion_waits check (
    state not in ('approved', 'purging') or (decided_by is not null and due_at is not null and due_at >= decided_at + interval '14 days'))
);
create unique index deletion_requests_one_open on deletion_requests (institution_id) where state in ('requested', 'approved', 'purging');

create function hold_deletion() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'requested' then raise exception 'A deletion begins as a request' using errcode = 'check_violation'; end if;
    return new;
  end if;
  if new.state <> old.state and (old.state, new.state) not in
    (('requested', 'approved'), ('requested', 'rejected'), ('requested', 'cancelled'), ('approved', 'cancelled'), ('approved', 'purging')) then
    raise exception 'No move from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  if old.state <> 'requested' and (new.due_at, new.decided_by, new.decided_at) is distinct from (old.due_at, old.decided_by, old.decided_at) then
    raise exception 'What was decided stays' using errcode = 'check_violation';
  end if;
  if (new.requested_by, new.requested_at, new.institution_id) is distinct from (old.requested_by, old.requested_at, old.institution_id) then
    raise exception 'Who asked stays' using errcode = 'check_violation';
  end if;
  if new.state = 'purging' and now() < new.due_at then
    raise exception 'Not before %', new.due_at using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger hold_deletion before insert or update on deletion_requests for each row execute function hold_deletion();

-- What remains of an institution that was deleted: how much there was, who decided by number, where its audit chain ended. No person.
create table deletion_certificates (
  id uuid primary key default uuidv7(),
  -- The number that the institution had.
  institution integer not null,
  -- Where the audit chain ended, before its entries went.
  audit_seq integer not null,
  audit_hash text not null,
  -- What the certificate says, as the bytes that are signed once everything is gone.
  body text not null,
  signature text,
  -- Of the link that the person who asked gets by mail.
  link_digest text not null unique,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  check ((signature is null) = (finished_at is null))
);
create index on deletion_certificates (institution);
create function hold_certificate() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.finished_at is not null then
    raise exception 'A certificate stays as it is' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger hold_certificate before update or delete on deletion_certificates for each row execute function hold_certificate();

-- Once a day where each chain ended, after every entry up to there was found to be as it was written. Appended and never changed.
create table audit_anchors (
  institution_id integer not null references institutions (id),
  seq integer not null,
  hash text not null,
  audit_id bigint not null,
  at timestamptz not null default now(),
  primary key (institution_id, seq)
);

select protect('institution_retention'), protect('institution_exports'), protect('deletion_requests'), protect('audit_anchors');

grant select, insert, update on institution_retention, institution_exports, deletion_requests to rollcall_app;
grant select on institution_retention, audit_anchors, audit_chain, audit_heads to rollcall_engine;
grant select, update on institution_exports, deletion_requests to rollcall_engine;
grant insert on audit_anchors to rollcall_engine;
grant select on audit_anchors to rollcall_app;
grant select, insert, update on deletion_certificates to rollcall_engine;
grant select on deletion_certificates to rollcall_app, rollcall_vendor;
-- What has expired goes by the engine's hand.
grant delete on choices, mails to rollcall_engine;

create policy vendor_staff on institution_retention for select to rollcall_vendor using (true);
create policy vendor_staff on institution_exports for select to rollcall_vendor using (true);
create policy vendor_staff on deletion_requests to rollcall_vendor using (true) with check (true);
create policy vendor_staff on audit_anchors for select to rollcall_vendor using (true);
grant select on institution_retention, audit_anchors to rollcall_vendor;
-- When, never where it lies.
grant select (id, institution_id, state, requested_at, expires_at) on institution_exports to rollcall_vendor;
grant select, update on deletion_requests to rollcall_vendor;

-- Whether the rows of an institution may go for ever: its deletion was asked for and approved by two people, has waited its time and
-- has begun, and the certificate holds the end of its audit chain as it is at this moment.
create function purge_is_due(institution integer) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (
    select from deletion_requests r
    join deletion_certificates c on c.id = r.certificate_id and c.institution = r.institution_id
    join audit_heads h on h.institution_id = r.institution_id
    where r.institution_id = purge_is_due.institution and r.state = 'purging' and r.due_at <= now()
      and c.finished_at is null and c.audit_seq = h.seq and c.audit_hash = h.hash)
$$;

-- An entry of an audit is deleted with the whole institution or not at all, whoever asks.
create function refuse_deletion() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  whose integer;
begin
  for whose in select distinct institution_id from gone loop
    if not purge_is_due(whose) then
      raise exception 'this is appended to and never changed' using errcode = 'insufficient_privilege';
    end if;
  end loop;
  return null;
end $$;
drop trigger audit_stays on audit;
drop trigger audit_chain_stays on audit_chain;
create trigger audit_stays before update or truncate on audit execute function refuse_change();
create trigger audit_chain_stays before update or truncate on audit_chain execute function refuse_change();
create trigger audit_anchors_stay before update or truncate on audit_anchors execute function refuse_change();
create trigger audit_ends after delete on audit referencing old table as gone execute function refuse_deletion();
create trigger audit_chain_ends after delete on audit_chain referencing old table as gone execute function refuse_deletion();
create trigger audit_anchors_end after delete on audit_anchors referencing old table as gone execute function refuse_deletion();

-- The one way by which rows of an institution go that no role may delete: some rows of one table at a time, while its purge is due.
-- Returns how many went.
create function erase_rows(of_table text, institution integer, rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  erased integer := 0;
  more integer;
  place record;
begin
  if institution is distinct from current_setting('app.institution_id')::integer or not purge_is_due(institution) then
    raise exception 'No purge of institution % is due', institution using errcode = 'insufficient_privilege';
  end if;
  if of_table not in (select t.name from tenant_tables() t) then
    raise exception 'No table % of institutions', of_table using errcode = 'invalid_parameter_value';
  end if;
  if (select relkind from pg_class where oid = of_table::regclass) = 'p' then
    -- The bucket leaves one partition, and there a row has an address of its own.
    for place in select e.id, e.bucket from environments e where e.institution_id = institution loop
      execute format('delete from %I where bucket = %s and ctid = any (array(select ctid from %I where bucket = %s and institution_id = %s
        and environment_id = %s limit %s))', of_table, place.bucket, of_table, place.bucket, institution, place.id, rows_max - erased);
      get diagnostics more = row_count;
      erased := erased + more;
    end loop;
  else
    -- Rows that name rows of their own table go all at once.
    if exists (select from pg_constraint where contype = 'f' and conrelid = of_table::regclass and confrelid = conrelid) then rows_max := null; end if;
    execute format('delete from %I where ctid = any (array(select ctid from %I where institution_id = %s limit %L))',
      of_table, of_table, institution, rows_max);
    get diagnostics erased = row_count;
  end if;
  return erased;
end $$;

-- Every table with rows of institutions, those first on which no other of them depends. `is_last`: what the purge itself stands on.
create function tenant_tables() returns table (name text, is_last boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with recursive owned as (
    select c.oid, c.relname::text as name
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'institution_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  ), depends as (
    select distinct k.conrelid as child, k.confrelid as parent
    from pg_constraint k join owned c on c.oid = k.conrelid join owned p on p.oid = k.confrelid
    where k.contype = 'f' and k.conrelid <> k.confrelid
  ), ranked as (
    select oid, 0 as rank from owned
    union
    select d.parent, r.rank + 1 from ranked r join depends d on d.child = r.oid where r.rank < 50
  )
  select o.name, o.name in ('audit', 'audit_chain', 'audit_anchors', 'audit_heads', 'environments', 'deletion_requests')
  from owned o join ranked r on r.oid = o.oid
  group by o.name
  order by max(r.rank), o.name
$$;

-- How many rows of an institution every such table holds, for the certificate and for the look afterwards.
create function count_rows(institution integer) returns table (name text, count bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  place record;
  part bigint;
begin
  if institution is distinct from current_setting('app.institution_id')::integer then
    raise exception 'Not this institution' using errcode = 'insufficient_privilege';
  end if;
  for name in select t.name from tenant_tables() t loop
    if (select relkind from pg_class where oid = name::regclass) = 'p' then
      count := 0;
      for place in select e.id, e.bucket from environments e where e.institution_id = institution loop
        execute format('select count(*) from %I where bucket = %s and institution_id = %s and environment_id = %s',
          name, place.bucket, institution, place.id) into part;
        count := count + part;
      end loop;
    else
      execute format('select count(*) from %I where institution_id = %s', name, institution) into count;
    end if;
    return next;
  end loop;
end $$;

-- Takes the own partitions of an institution's environments away with all that is in them.
create function partitions.drop_own(environment integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  found record;
  dropped integer := 0;
begin
  if not exists (select from environments where id = environment)
    or not purge_is_due(current_setting('app.institution_id')::integer) then
    raise exception 'No purge is due' using errcode = 'insufficient_privilege';
  end if;
  set local lock_timeout = '5s';
  for found in
    select c.relname, p.relname as parent from pg_class c
    left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
    where c.relnamespace = 'partitions'::regnamespace and c.relkind = 'r' and c.relname ~ ('_(versions|fingerprints)_' || (1000 + environment) || '$')
  loop
    if found.parent is not null then execute format('alter table public.%I detach partition partitions.%I', found.parent, found.relname); end if;
    execute format('drop table partitions.%I', found.relname);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
revoke execute on function partitions.drop_own from public;
grant execute on function partitions.drop_own to rollcall_engine;

-- The people of an institution who belong nowhere else: no other membership, no staff. They end with it.
create function people_of_only(institution integer) returns table (account_id integer)
language sql stable security definer set search_path = public, pg_temp as $$
  select m.account_id from members m
  where m.institution_id = people_of_only.institution and institution = current_setting('app.institution_id')::integer
    and not exists (select from members o where o.account_id = m.account_id and o.institution_id <> m.institution_id)
    and not exists (select from staff s where s.account_id = m.account_id)
$$;

-- The very end, in the transaction that signs the certificate: the accounts that ended, what the purge stood on, the institution.
-- Returns how many accounts went; one that something else still names stays.
create function erase_institution(institution integer, people integer[]) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  person integer;
  address text;
  erased integer := 0;
begin
  if institution is distinct from current_setting('app.institution_id')::integer or not purge_is_due(institution) then
    raise exception 'No purge of institution % is due', institution using errcode = 'insufficient_privilege';
  end if;
  delete from mails where of_institution = institution;
  delete from deletion_requests where institution_id = institution;
  delete from audit_heads where institution_id = institution;
  delete from environments where institution_id = institution;
  delete from institutions where id = institution;
  foreach person in array people loop
    begin
      if exists (select from members where account_id = person) or exists (select from staff where account_id = person) then continue; end if;
      select email into address from accounts where id = person;
      delete from sign_ins where account_id = person or email = address;
      delete from sign_ups where email = address;
      delete from mails where recipient = address and of_institution is null;
      delete from sessions where account_id = person;
      delete from accounts where id = person;
      erased := erased + 1;
    exception when foreign_key_violation then
      null;
    end;
  end loop;
  return erased;
end $$;

grant select, delete on accounts, sessions, sign_ins, sign_ups, mails to rollcall_purge;
grant select on staff, deletion_certificates to rollcall_purge;
grant select on deletion_requests, deletion_certificates to rollcall_directory;
revoke execute on function purge_is_due, erase_rows, tenant_tables, count_rows, people_of_only, erase_institution from public;
grant execute on function purge_is_due to rollcall_owner, rollcall_purge;
grant execute on function tenant_tables to rollcall_purge;
grant execute on function erase_rows, count_rows, people_of_only, erase_institution, tenant_tables to rollcall_engine;
grant create on schema public to rollcall_directory, rollcall_purge;
alter function purge_is_due owner to rollcall_directory;
alter function erase_rows owner to rollcall_purge;
alter function count_rows owner to rollcall_purge;
alter function people_of_only owner to rollcall_purge;
alter function erase_institution owner to rollcall_purge;
revoke create on schema public from rollcall_directory, rollcall_purge;
