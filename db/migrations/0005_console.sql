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
