-- Institutions, the people who sign in, and what protects one institution from another.
-- Every table with an institution_id is closed by `protect(...)` at the end of the migration that makes it.

create table institutions (
  id integer primary key generated always as identity,
  slug text not null unique check (slug ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null,
  time_zone text not null,
  help_contact text,
  labels jsonb not null default '{}',
  created_at timestamptz not null default now(),
  disabled_at timestamptz
);

create table environments (
  id integer primary key generated always as identity,
  institution_id integer not null references institutions (id),
  name text not null check (name in ('preview', 'production')),
  head_seq integer not null default 0,
  bucket integer not null,
  committed_at timestamptz,
  counts jsonb not null default '{}',
  unique (institution_id, name),
  unique (institution_id, id)
);

-- A row of its own, so that taking the fence `for share` makes nothing else wait.
create table environment_leases (
  environment_id integer primary key,
  institution_id integer not null,
  fence bigint not null default 0,
  holder text,
  foreign key (institution_id, environment_id) references environments (institution_id, id)
);

create table accounts (
  id integer primary key generated always as identity,
  email text not null unique check (email = lower(email)),
  name text,
  created_at timestamptz not null default now(),
  disabled_at timestamptz
);

create table members (
  id integer primary key generated always as identity,
  institution_id integer not null references institutions (id),
  account_id integer not null references accounts (id),
  role text not null check (role in ('owner', 'admin', 'reviewer', 'viewer')),
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  unique (institution_id, account_id)
);
create index on members (account_id);

create table staff (
  account_id integer primary key references accounts (id),
  role text not null check (role in ('admin', 'approver', 'support')),
  created_at timestamptz not null default now(),
  removed_at timestamptz
);

create table sessions (
  id uuid primary key default uuidv7(),
  account_id integer not null references accounts (id),
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  browser text
);
create index on sessions (account_id);

-- One request to sign in: a link and a code that end together, after one use or ten minutes.
create table sign_ins (
  id uuid primary key default uuidv7(),
  email text not null,
  account_id integer references accounts (id),
  link_digest text not null unique,
  code_digest text not null,
  browser_digest text,
  wrong_codes integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  replaced_at timestamptz
);
create index on sign_ins (email, created_at);

create table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);

-- Mails to be sent, written in the transaction of what they announce. Sign-in mails belong to no institution, so this table has none.
create table mails (
  id uuid primary key default uuidv7(),
  run_id uuid,
  kind text not null,
  recipient text not null,
  subject text not null,
  html text not null,
  text text not null,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  attempts integer not null default 0,
  next_try_at timestamptz not null default now(),
  last_error text
);
create unique index mails_once on mails (run_id, kind, recipient);
create index on mails (next_try_at) where sent_at is null;

-- Who did what, appended and never changed.
create table audit (
  id bigint primary key generated always as identity,
  institution_id integer not null references institutions (id),
  at timestamptz not null default now(),
  account_id integer references accounts (id),
  actor text not null check (actor in ('member', 'staff', 'command', 'handOff', 'system')),
  verb text not null,
  subject text not null,
  detail jsonb not null default '{}'
);
create index on audit (institution_id, at);

grant usage on schema public to rollcall_app, rollcall_engine, rollcall_vendor, rollcall_search, rollcall_directory, rollcall_purge;

-- Row level security, forced, for one table: only rows of the institution that the transaction was opened for. Unset or empty raises.
-- The end of an institution takes rows from every such table, by functions of a role that nobody can log in as (0008).
create function protect(protected regclass, key text default 'institution_id') returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', protected);
  execute format('alter table %s force row level security', protected);
  execute format(
    'create policy tenant on %s to rollcall_app, rollcall_engine using (%I = (select current_setting(''app.institution_id''))::int) with check (%I = (select current_setting(''app.institution_id''))::int)',
    protected, key, key);
  execute format('grant select, delete on %s to rollcall_purge', protected);
end $$;
revoke execute on function protect from public;

select protect('institutions', 'id'), protect('environments'), protect('environment_leases'), protect('members'), protect('audit');

grant select, update on institutions, environments to rollcall_app, rollcall_engine;
grant insert on environment_leases to rollcall_app, rollcall_engine;
grant select, update on environment_leases to rollcall_engine;
grant select on environment_leases to rollcall_app;
grant select, insert, update on members to rollcall_app;
grant select on members to rollcall_engine;
grant select, insert on audit to rollcall_app, rollcall_engine;
grant select, insert, update on accounts, sessions, sign_ins to rollcall_app;
grant select on accounts, staff to rollcall_app, rollcall_engine;
grant select, insert, update, delete on rate_limits to rollcall_app;
grant insert on mails to rollcall_app;
grant select, insert, update on mails to rollcall_engine;

-- Vendor staff see every institution, its environments and members, without roster data; they also create institutions.
create policy vendor_staff on institutions to rollcall_vendor using (true) with check (true);
create policy vendor_staff on environments to rollcall_vendor using (true) with check (true);
create policy vendor_staff on environment_leases to rollcall_vendor using (true) with check (true);
create policy vendor_staff on members to rollcall_vendor using (true) with check (true);
create policy vendor_staff on audit to rollcall_vendor using (true) with check (true);
grant select, insert, update on institutions, environments, members, staff, accounts to rollcall_vendor;
grant insert on environment_leases to rollcall_vendor;
-- Whether mails go out; never to whom, nor what they say.
grant select (id, kind, created_at, sent_at, attempts, next_try_at, last_error) on mails to rollcall_vendor;
grant select, insert on audit to rollcall_vendor;

-- Before a tenant is known: which institutions does this account belong to? The one question that crosses them.
create function memberships_of(account integer)
returns table (institution_id integer, slug text, name text, time_zone text, role text)
language sql stable security definer set search_path = public, pg_temp as $$
  select i.id, i.slug, i.name, i.time_zone, m.role
  from members m
  join institutions i on i.id = m.institution_id
  where m.account_id = account and m.removed_at is null and i.disabled_at is null
  order by i.name
$$;
grant select on members, institutions to rollcall_directory;
revoke execute on function memberships_of from public;
grant execute on function memberships_of to rollcall_app;
grant create on schema public to rollcall_directory;
alter function memberships_of owner to rollcall_directory;
revoke create on schema public from rollcall_directory;
