-- How an institution comes in by itself: a request to be one, who does which step by when, and steps handed to a colleague.

-- Somebody who wants to be an institution's first owner and has not yet shown that the address is theirs. Nothing is made before.
create table sign_ups (
  id uuid primary key default uuidv7(),
  email text not null,
  name text not null,
  institution_name text not null,
  time_zone text not null,
  token_digest text not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index on sign_ups (email, created_at);

-- What people agreed about one of the seven steps to Production: who of them does it, and by when. Whether it is done is never stored.
create table step_plans (
  institution_id integer not null references institutions (id),
  step text not null check (step in ('data', 'access', 'call', 'preview', 'verify', 'production', 'confirm')),
  owner text,
  due_on date,
  updated_at timestamptz not null default now(),
  updated_by integer references accounts (id),
  primary key (institution_id, step)
);

-- One step of connecting a feed, handed to somebody who is no member: a link that may bring this feed's files and see nothing.
create table hand_offs (
  id uuid primary key default uuidv7(),
  institution_id integer not null,
  feed_id integer not null,
  email text not null,
  note text not null default '',
  token_digest text not null unique,
  -- What the colleague is sending, or has sent.
  delivery_id uuid,
  created_at timestamptz not null default now(),
  created_by integer references accounts (id),
  expires_at timestamptz not null,
  done_at timestamptz,
  ended_at timestamptz,
  unique (institution_id, id),
  foreign key (institution_id, feed_id) references feeds (institution_id, id),
  foreign key (institution_id, delivery_id) references deliveries (institution_id, id)
);
create index on hand_offs (institution_id, feed_id);

-- What was typed in to connect a feed, one row for each field of its source. A secret is sealed and never shown again.
create table feed_fields (
  institution_id integer not null,
  feed_id integer not null,
  field text not null,
  value text,
  sealed text,
  updated_at timestamptz not null default now(),
  updated_by integer references accounts (id),
  primary key (institution_id, feed_id, field),
  foreign key (institution_id, feed_id) references feeds (institution_id, id),
  check ((value is null) <> (sealed is null))
);

select protect('step_plans'), protect('hand_offs'), protect('feed_fields');

grant select, insert, update on sign_ups to rollcall_app;
grant select, insert, update on step_plans, hand_offs to rollcall_app;
grant select, insert, update, delete on feed_fields to rollcall_app;

-- Vendor staff see the same timeline and set its owners and dates; that a step was handed on, never to whom.
create policy vendor_staff on step_plans to rollcall_vendor using (true) with check (true);
grant select, insert, update on step_plans to rollcall_vendor;

-- Before a tenant is known: whose link is this? One that ended, was used or never was answers nothing.
create function hand_off_of(digest text)
returns table (institution_id integer, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select h.institution_id, h.id
  from hand_offs h
  join institutions i on i.id = h.institution_id
  where h.token_digest = digest and h.ended_at is null and h.expires_at > now() and i.disabled_at is null
$$;
grant select on hand_offs to rollcall_directory;
revoke execute on function hand_off_of from public;
grant execute on function hand_off_of to rollcall_app;
grant create on schema public to rollcall_directory;
alter function hand_off_of owner to rollcall_directory;
revoke create on schema public from rollcall_directory;
