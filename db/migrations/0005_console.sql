-- Who people of the vendor are beyond their mailbox: second factors, the sessions that they give, and what staff did.

-- A second factor of a person of the vendor: an app that shows time codes, or a passkey. Unconfirmed ones open nothing.
create table staff_factors (
  id uuid primary key default uuidv7(),
  account_id integer not null references accounts (id),
  kind text not null check (kind in ('totp', 'passkey')),
  label text not null,
  -- Sealed; of a time code's app.
  secret text,
  -- The last time step whose code was taken: a code is good once.
  last_step bigint,
  credential_id text unique,
  public_key text,
  counter bigint not null default 0,
  transports text[] not null default '{}',
  created_at timestamptz not null default now(),
  confirmed_at timestamptz,
  used_at timestamptz,
  removed_at timestamptz,
  check ((kind = 'totp') = (secret is not null)),
  check ((kind = 'passkey') = (credential_id is not null and public_key is not null))
);
create index on staff_factors (account_id);

-- Words for the day on which the phone is lost: each is good once, and only its digest is kept.
create table staff_recovery_codes (
  account_id integer not null references accounts (id),
  digest text not null,
  used_at timestamptz,
  primary key (account_id, digest)
);

-- What a passkey is asked to sign; one question at a time for a session, gone with its answer.
create table staff_challenges (
  session_id uuid not null references sessions (id),
  purpose text not null check (purpose in ('enrol', 'enter')),
  challenge text not null,
  expires_at timestamptz not null,
  primary key (session_id, purpose)
);

-- A sign-in that gave its second factor: lives beside the session that it belongs to, for 12 hours, in the role of that moment.
create table staff_sessions (
  id uuid primary key default uuidv7(),
  account_id integer not null references accounts (id),
  session_id uuid not null references sessions (id),
  token_digest text not null unique,
  role text not null,
  factor text not null check (factor in ('totp', 'passkey', 'recoveryCode')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index on staff_sessions (session_id);
create index on staff_sessions (account_id);

-- What was done about staff themselves, which is no institution's matter: appended and never changed.
create table staff_audit (
  id bigint primary key generated always as identity,
  at timestamptz not null default now(),
  account_id integer references accounts (id),
  actor text not null check (actor in ('staff', 'command')),
  verb text not null,
  subject text not null,
  detail jsonb not null default '{}'
);
create index on staff_audit (at);

grant select, insert, update on staff_factors, staff_recovery_codes, staff_sessions to rollcall_app;
grant delete on staff_recovery_codes to rollcall_app;
grant select, insert, update, delete on staff_challenges to rollcall_app;
grant insert on staff_audit to rollcall_app;
grant select, insert on staff_audit to rollcall_vendor;

-- There is always an admin among the staff, whoever asks and how many at once.
create function keep_one_staff_admin() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('staff admins'));
  if not exists (select from staff where role = 'admin' and removed_at is null and account_id <> old.account_id) then
    raise exception 'the last admin stays' using errcode = 'check_violation', constraint = 'staff_last_admin';
  end if;
  return new;
end $$;
create trigger staff_last_admin before update on staff for each row
when (old.role = 'admin' and old.removed_at is null and (new.role <> 'admin' or new.removed_at is not null))
execute function keep_one_staff_admin();

-- A person asked by mail to belong to an institution, in a role. A link works once, for seven days; a newer one ends it.
create table invitations (
  id uuid primary key default uuidv7(),
  institution_id integer not null references institutions (id),
  -- `institution`: staff asked the first owner of an institution that is not yet anybody's.
  kind text not null check (kind in ('member', 'institution')),
  email text not null,
  role text not null check (role in ('owner', 'admin', 'reviewer', 'viewer')),
  token_digest text not null unique,
  invited_by integer references accounts (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  account_id integer references accounts (id),
  revoked_at timestamptz
);
create unique index invitations_one_open on invitations (institution_id, email) where used_at is null and revoked_at is null;

select protect('invitations');
grant select, insert, update on invitations to rollcall_app, rollcall_vendor;
create policy vendor_staff on invitations to rollcall_vendor using (true) with check (true);
-- Staff invite in the transaction that founds the institution; what is in the outbox they still cannot read.
grant insert on mails to rollcall_vendor;

-- Before a tenant is known: whose invitation is this link? Only the holder of the link knows what to ask for.
create function invitation_of(digest text)
returns table (
  id uuid, institution_id integer, slug text, institution text, kind text, email text, role text, invited_by text,
  expires_at timestamptz, used_at timestamptz, revoked_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select v.id, v.institution_id, i.slug, i.name, v.kind, v.email, v.role, coalesce(a.name, a.email), v.expires_at, v.used_at, v.revoked_at
  from invitations v
  join institutions i on i.id = v.institution_id
  left join accounts a on a.id = v.invited_by
  where v.token_digest = digest and i.disabled_at is null
$$;
grant select on invitations, accounts to rollcall_directory;
revoke execute on function invitation_of from public;
grant execute on function invitation_of to rollcall_app;

-- An institution that has an owner keeps one, whoever asks and how many at once.
create function keep_one_owner() returns trigger language plpgsql as $$
begin
  perform from institutions where id = old.institution_id for no key update;
  if not exists (
    select from members m
    join accounts a on a.id = m.account_id and a.disabled_at is null
    where m.institution_id = old.institution_id and m.role = 'owner' and m.removed_at is null and m.id <> old.id
  ) then
    raise exception 'the last owner stays' using errcode = 'check_violation', constraint = 'members_last_owner';
  end if;
  return new;
end $$;
create trigger members_last_owner before update on members for each row
when (old.role = 'owner' and old.removed_at is null and (new.role <> 'owner' or new.removed_at is not null))
execute function keep_one_owner();

-- The chain of an institution's audit: each entry's place, and a hash over what it says and over the hash before it. Written for every
-- entry by the database itself, when the transaction that made the entry is about to be committed; nobody may write it.
create table audit_chain (
  institution_id integer not null references institutions (id),
  seq integer not null,
  audit_id bigint not null,
  previous text not null,
  hash text not null,
  primary key (institution_id, seq),
  unique (institution_id, audit_id)
);
-- Where the chain ends: one row an institution, whose lock orders the entries of transactions that end at once.
create table audit_heads (
  institution_id integer primary key references institutions (id),
  seq integer not null,
  hash text not null
);

-- What is hashed, as one text that needs no knowledge of this database: the same bytes for the same entry, everywhere.
create function audit_content(entry audit) returns text language sql immutable as $$
  select jsonb_build_array(
    entry.institution_id, entry.id, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), entry.account_id, entry.actor, entry.verb,
    entry.subject, entry.detail)::text
$$;
create function audit_hash(seq integer, previous text, content text) returns text language sql immutable as $$
  select encode(sha256(convert_to(seq || chr(10) || previous || chr(10) || content, 'UTF8')), 'hex')
$$;
create function chain_audit() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  head audit_heads%rowtype;
  next_hash text;
begin
  insert into audit_heads (institution_id, seq, hash) values (new.institution_id, 0, '') on conflict do nothing;
  select * into strict head from audit_heads where institution_id = new.institution_id for update;
  next_hash := audit_hash(head.seq + 1, head.hash, audit_content(new));
  insert into audit_chain (institution_id, seq, audit_id, previous, hash) values (new.institution_id, head.seq + 1, new.id, head.hash, next_hash);
  update audit_heads set seq = head.seq + 1, hash = next_hash where institution_id = new.institution_id;
  return null;
end $$;
revoke execute on function chain_audit from public;

select protect('audit_chain'), protect('audit_heads');
create policy vendor_staff on audit_chain for select to rollcall_vendor using (true);
create policy vendor_staff on audit_heads for select to rollcall_vendor using (true);
grant select on audit_chain, audit_heads to rollcall_app, rollcall_vendor;
grant select, insert on audit_chain to rollcall_directory;
grant select, insert, update on audit_heads to rollcall_directory;
grant create on schema public to rollcall_directory;
alter function invitation_of owner to rollcall_directory;
alter function chain_audit owner to rollcall_directory;
revoke create on schema public from rollcall_directory;

create constraint trigger audit_is_chained after insert on audit deferrable initially deferred for each row execute function chain_audit();
-- Not even the owner of the tables changes or drops an entry by an ordinary statement.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'this is appended to and never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_stays before update or delete or truncate on audit execute function refuse_change();
create trigger audit_chain_stays before update or delete or truncate on audit_chain execute function refuse_change();

-- A person of the vendor looks at an institution as its people see it: read-only, for a reason, for half an hour at most.
create table views (
  id uuid primary key default uuidv7(),
  institution_id integer not null references institutions (id),
  account_id integer not null references accounts (id),
  staff_session_id uuid not null,
  reason text not null,
  started_at timestamptz not null default now(),
  expires_at timestamptz not null check (expires_at <= started_at + interval '30 minutes'),
  ended_at timestamptz,
  -- When the roster was first shown in it, which the audit says once.
  roster_read_at timestamptz
);
create unique index views_one_open on views (staff_session_id) where ended_at is null;
create index on views (institution_id, started_at);

select protect('views');
create policy vendor_staff on views to rollcall_vendor using (true) with check (true);
grant select, update on views to rollcall_app;
grant select, insert, update on views to rollcall_vendor;

-- Before a tenant is known: which institution does this staff session look at now?
create function view_of(staff_session uuid)
returns table (id uuid, institution_id integer, slug text, name text, time_zone text, expires_at timestamptz, roster_read_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select v.id, i.id, i.slug, i.name, i.time_zone, v.expires_at, v.roster_read_at
  from views v
  join institutions i on i.id = v.institution_id
  where v.staff_session_id = staff_session and v.ended_at is null and v.expires_at > now() and i.disabled_at is null
$$;
grant select on views to rollcall_directory;
revoke execute on function view_of from public;
grant execute on function view_of to rollcall_app;
grant create on schema public to rollcall_directory;
alter function view_of owner to rollcall_directory;
revoke create on schema public from rollcall_directory;
