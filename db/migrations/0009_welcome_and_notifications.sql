-- Mails to people whom Production newly holds, and which mails each member wants.

-- Whether new people are written to is an option of the feed, so it reaches Production with a promotion.
alter table feed_settings add column mails jsonb not null default '{}';

-- How many welcome mails of one institution may be handed to the mail server in an hour. Null: as everybody's.
alter table institution_limits add column mails_per_hour integer check (mails_per_hour >= 0);

-- What is kept of a secret beside it: the end of a fingerprint, by which two are told apart; when it last worked; and the one before,
-- until this one has worked.
alter table feed_fields
  add column fingerprint text,
  add column worked_at timestamptz,
  add column previous_sealed text,
  add constraint only_secrets check (sealed is not null or (fingerprint is null and worked_at is null and previous_sealed is null));

-- For showing a member what they were sent.
create index on mails (of_institution, recipient, created_at);

-- What welcome mails of an institution say, to whom they go, and how fast.
create table welcome_settings (
  institution_id integer primary key references institutions (id),
  parts text[] not null,
  subject text not null,
  body text not null,
  also_returning boolean not null,
  wave_size integer not null check (wave_size between 1 and 500),
  wave_minutes integer not null check (wave_minutes between 1 and 1440),
  hold_above integer not null check (hold_above >= 1),
  updated_at timestamptz not null default now(),
  updated_by integer references accounts (id)
);

-- The welcome mails that one commit makes due, or in Preview would have. `feeds` are those whose option is on.
create table welcome_batches (
  id uuid primary key default uuidv7(),
  institution_id integer not null references institutions (id),
  run_id uuid not null,
  environment_id integer not null,
  bucket integer not null,
  seq integer not null,
  feeds integer[] not null,
  state text not null check (state in ('counting', 'simulated', 'nothing', 'held', 'sending', 'paused', 'cancelled', 'done')),
  -- While counting: the line up to which people were looked at.
  after_line integer,
  mails integer not null default 0,
  without_address integer not null default 0,
  reasons jsonb not null default '[]',
  next_wave_at timestamptz,
  created_at timestamptz not null default now(),
  decided_by integer references accounts (id),
  ended_at timestamptz,
  ended_reason text,
  unique (institution_id, id),
  unique (institution_id, run_id),
  foreign key (institution_id, run_id) references runs (institution_id, id),
  foreign key (institution_id, environment_id) references environments (institution_id, id)
);
create index on welcome_batches (next_wave_at) where state = 'sending';

-- Who is written to, once ever, by id alone: names and addresses are read from the roster when the mail is written.
create table welcome_mails (
  institution_id integer not null references institutions (id),
  sourced_id text not null collate "C",
  batch_id uuid not null,
  line integer not null,
  state text not null check (state in ('waiting', 'handed', 'left', 'cancelled')),
  -- Why nothing was sent: `gone`, `noAddress`, `undone`, `person`.
  reason text,
  mail_id uuid,
  handed_at timestamptz,
  primary key (institution_id, sourced_id),
  foreign key (institution_id, batch_id) references welcome_batches (institution_id, id)
);
create index on welcome_mails (batch_id, state, line);
create index on welcome_mails (institution_id, handed_at) where handed_at is not null;

-- Which kinds of mail a member asked for or did not want. Without a row the kind's default for the role holds.
create table notification_choices (
  institution_id integer not null references institutions (id),
  account_id integer not null references accounts (id),
  kind text not null,
  is_on boolean not null,
  updated_at timestamptz not null default now(),
  primary key (institution_id, account_id, kind)
);

select protect('welcome_settings'), protect('welcome_batches'), protect('welcome_mails'), protect('notification_choices');

grant select, insert, update on welcome_settings to rollcall_app;
grant select on welcome_settings to rollcall_engine;
grant select, update on welcome_batches, welcome_mails to rollcall_app;
grant select, insert, update on welcome_batches, welcome_mails to rollcall_engine;
grant select, insert, update on notification_choices to rollcall_app;
grant select on notification_choices to rollcall_engine, rollcall_vendor;
create policy vendor_staff on notification_choices to rollcall_vendor using (true) with check (true);
-- Which batches are due, across institutions, for the clock that sends waves; nobody's name is in them.
create policy vendor_staff on welcome_batches to rollcall_vendor using (true) with check (true);
grant select (id, institution_id, state, next_wave_at) on welcome_batches to rollcall_vendor;

-- What became of the mails of a batch. Mails belong to no tenant: this asks itself whose the batch is.
create function welcome_sent(batch uuid) returns table (sent bigint, waiting bigint, failing bigint, failed bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select count(*) filter (where m.sent_at is not null),
    count(*) filter (where m.sent_at is null and m.last_error is null),
    count(*) filter (where m.sent_at is null and m.last_error is not null and m.next_try_at < 'infinity'),
    count(*) filter (where m.sent_at is null and m.next_try_at = 'infinity')
  from welcome_mails w join mails m on m.id = w.mail_id
  where w.institution_id = current_setting('app.institution_id')::int and w.batch_id = batch and w.state = 'handed'
$$;

-- The same of single people.
create function welcome_sent_to(batch uuid, people text[]) returns table (sourced_id text, sent_at timestamptz, last_error text, given_up boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select w.sourced_id, m.sent_at, m.last_error, m.sent_at is null and m.next_try_at = 'infinity'
  from welcome_mails w join mails m on m.id = w.mail_id
  where w.institution_id = current_setting('app.institution_id')::int and w.batch_id = batch and w.sourced_id = any (people)
$$;

-- Whom a mail of a batch did not reach, in the order of the files.
create function welcome_failures(batch uuid, after_line integer, rows_max integer)
returns table (line integer, sourced_id text, last_error text, attempts integer, given_up boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select w.line, w.sourced_id, m.last_error, m.attempts, m.next_try_at = 'infinity'
  from welcome_mails w join mails m on m.id = w.mail_id
  where w.institution_id = current_setting('app.institution_id')::int and w.batch_id = batch and w.state = 'handed' and w.line > after_line
    and m.sent_at is null and m.last_error is not null
  order by w.line limit least(rows_max, 200)
$$;

-- Takes back those mails of a batch that lie in the outbox unsent, and answers which. A mail on its way at this moment goes out.
create function take_back_welcome(batch uuid) returns setof uuid
language sql security definer set search_path = public, pg_temp as $$
  update mails m set next_try_at = 'infinity', last_error = 'CANCELLED', subject = '', html = '', text = '', recipient = ''
  from welcome_mails w
  where w.institution_id = current_setting('app.institution_id')::int and w.batch_id = batch and w.state = 'handed' and m.id = w.mail_id
    and m.sent_at is null and (m.next_try_at <= now() or m.last_error is not null) and m.next_try_at < 'infinity'
  returning m.id
$$;

-- The last mails to one member about one institution: what they were about, never what they said.
create function mails_to_me(account integer, rows_max integer)
returns table (kind text, subject text, created_at timestamptz, sent_at timestamptz, last_error text)
language sql stable security definer set search_path = public, pg_temp as $$
  select m.kind, m.subject, m.created_at, m.sent_at, m.last_error
  from accounts a join mails m on m.recipient = a.email
  where a.id = account and m.of_institution = current_setting('app.institution_id')::int and m.kind <> 'welcome'
  order by m.created_at desc limit least(rows_max, 100)
$$;

grant select (institution_id, sourced_id, batch_id, line, state, mail_id) on welcome_mails to rollcall_directory;
grant select (id, subject, created_at, next_try_at, attempts, last_error, of_institution), update (next_try_at, last_error, subject, html, text, recipient)
  on mails to rollcall_directory;
revoke execute on function welcome_sent, welcome_sent_to, welcome_failures, take_back_welcome, mails_to_me from public;
grant execute on function welcome_sent, welcome_sent_to, welcome_failures, mails_to_me to rollcall_app;
grant execute on function take_back_welcome to rollcall_app, rollcall_engine;
grant create on schema public to rollcall_directory;
alter function welcome_sent owner to rollcall_directory;
alter function welcome_sent_to owner to rollcall_directory;
alter function welcome_failures owner to rollcall_directory;
alter function take_back_welcome owner to rollcall_directory;
alter function mails_to_me owner to rollcall_directory;
revoke create on schema public from rollcall_directory;
