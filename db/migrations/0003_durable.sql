-- The embedded executor of durable functions. No institution_id and no row level security here (a listed exception): events
-- and results carry ids and counts only. The web may do nothing but call durable.emit and durable.ask.

create schema durable;

-- Empty outside tests: a row moves the executor's clock, so that a month of sleep can be tried in a second.
create table durable.clock_shifts (shift interval not null);

-- The only clock of the executor. Write it as (select durable.now_()), so that a statement reads it once.
create function durable.now_() returns timestamptz language sql volatile as
  $$ select clock_timestamp() + coalesce((select sum(shift) from durable.clock_shifts), interval '0') $$;

-- The functions as the last worker to start registered them: what events are fanned out to.
create table durable.functions (
  fn_id text primary key,
  app text not null,
  config jsonb not null,
  synced_at timestamptz not null,
  -- Until when the worker that was last heard of has it; later it is forgotten, unless another says that it has it too.
  carried_until timestamptz not null
);

-- What happened. Written in the transaction of the change that caused it, fanned out afterwards.
create table durable.events (
  id text primary key,
  -- The sender's own id; functions see it as event.id. The same one counts once in 24 hours.
  given_id text,
  name text not null,
  data jsonb not null,
  "user" jsonb,
  v text,
  -- Milliseconds, as functions see it.
  ts bigint not null,
  received_at timestamptz not null,
  fanned_out_at timestamptz
);
create index events_received_at on durable.events (received_at);

-- One run of one function.
create table durable.jobs (
  id text primary key,
  age bigint not null generated always as identity,
  fn_id text not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
  events jsonb not null,
  -- The institution that the event names, or the event whose run failed; null for what concerns none.
  institution text generated always as (
    coalesce(events -> 0 -> 'data' ->> 'institutionId', events -> 0 -> 'data' -> 'event' -> 'data' ->> 'institutionId')
  ) stored,
  -- Concurrency keys with their limits, as they were when the run was made.
  ckeys text[] not null default '{}',
  climits integer[] not null default '{}',
  parent_run text,
  parent_step text,
  retry_of text,
  reason text,
  asked_by text,
  -- json, not jsonb: what a function returns comes back byte for byte, NUL escapes included.
  output json,
  error json,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz
) with (fillfactor = 80);
create index jobs_active on durable.jobs (fn_id) where status in ('queued', 'running');
create index jobs_status_age on durable.jobs (status, age);
create index jobs_fn_id_age on durable.jobs (fn_id, age);
create index jobs_institution_age on durable.jobs (institution, age);
create index jobs_ended_at on durable.jobs (ended_at) where ended_at is not null;

create sequence durable.step_order;

-- One step of one run: planned, then done exactly once.
create table durable.steps (
  run_id text not null references durable.jobs (id) on delete cascade,
  step_id text not null,
  op text not null,
  name text,
  label text,
  status text not null check (status in ('pending', 'done')),
  -- Part of group.parallel with mode race: its siblings do not hold the function back.
  race boolean not null default false,
  result json,
  -- The order in which steps were done.
  seq bigint,
  planned_at timestamptz not null,
  done_at timestamptz,
  primary key (run_id, step_id)
);

-- What is to be done: `exec` items are calls of a function under a lease, all others are one transaction each.
create table durable.queue (
  id bigint primary key generated always as identity,
  kind text not null check (kind in ('exec', 'timer', 'event', 'resume', 'child', 'cancel', 'retry')),
  run_id text,
  -- Empty for the call that discovers what comes next.
  step_id text not null default '',
  fn_id text,
  event_id text,
  -- The run's age: older runs go first.
  age bigint not null default 0,
  run_at timestamptz not null,
  attempt integer not null default 0,
  failures integer not null default 0,
  lease uuid,
  lease_until timestamptz,
  leased_at timestamptz,
  -- When the worker that holds the lease was last heard of.
  beat_at timestamptz,
  owner text,
  -- A result landed while this discovery was under way: another one must follow.
  dirty boolean not null default false,
  ckeys text[] not null default '{}',
  climits integer[] not null default '{}',
  last_error jsonb,
  payload jsonb,
  unique (run_id, step_id, kind)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
create index queue_ready on durable.queue (age, id) where kind = 'exec' and lease is null;
create index queue_limited on durable.queue (run_at) where kind = 'exec' and lease is null and ckeys <> '{}';
create index queue_control on durable.queue (run_at, id) where kind <> 'exec' and kind <> 'event';
create index queue_events on durable.queue (id) where kind = 'event';
create index queue_leased on durable.queue (lease_until) where lease is not null;

-- Who waits for which event.
create table durable.waits (
  run_id text not null references durable.jobs (id) on delete cascade,
  step_id text not null,
  event text not null,
  expression text,
  expires_at timestamptz not null,
  primary key (run_id, step_id)
);
create index waits_event on durable.waits (event);

create table durable.crons (
  fn_id text not null,
  cron text not null,
  next_at timestamptz not null,
  primary key (fn_id, cron)
);

-- One row per throttle key: the theoretical arrival time of the generic cell rate algorithm.
create table durable.throttles (key text primary key, tat timestamptz not null);

-- What may happen once until a time: event ids, idempotency keys, ticks of schedules.
create table durable.keys (key text primary key, holder text not null, expires_at timestamptz not null);
create index keys_expires_at on durable.keys (expires_at);

-- Where a real Inngest server was told that functions are, and whether it took them. Empty while the functions run here.
create table durable.registrations (
  url text primary key,
  -- What the last try came to: 200 when they were taken.
  status integer not null,
  -- Since when they are taken, or not.
  since timestamptz not null,
  tried_at timestamptz not null
);

-- What happened to a run, for people.
create table durable.history (
  id bigint primary key generated always as identity,
  run_id text not null references durable.jobs (id) on delete cascade,
  at timestamptz not null,
  kind text not null,
  step_id text not null default '',
  label text,
  attempt integer,
  owner text,
  started_at timestamptz,
  detail jsonb
);
create index history_run_id on durable.history (run_id, id);
create index history_at on durable.history (at);

-- Writes an event in the caller's transaction and returns its id, or the id of the event that came with the same key within
-- 24 hours. Listeners wake when the caller commits.
create function durable.emit(event_name text, event_data jsonb, given_id text default null, event_user jsonb default null,
  event_v text default null, event_ts bigint default null) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  new_id text := uuidv7()::text;
  moment timestamptz := durable.now_();
  known text;
begin
  -- The executor's own events, of failures, hold twice the event that led to them, and a run must be able to end.
  if octet_length(event_data::text) > 524288 and event_name not like 'inngest/function.%' then
    raise exception 'Event % is larger than 512 KB', event_name using errcode = 'program_limit_exceeded';
  end if;
  if given_id is not null then
    insert into durable.keys as k (key, holder, expires_at) values ('event:' || given_id, new_id, moment + interval '24 hours')
    on conflict (key) do update set holder = excluded.holder, expires_at = excluded.expires_at where k.expires_at <= moment;
    if not found then
      select holder into known from durable.keys where key = 'event:' || given_id;
      return known;
    end if;
  end if;
  insert into durable.events (id, given_id, name, data, "user", v, ts, received_at)
  values (new_id, given_id, event_name, event_data, event_user, event_v,
    coalesce(event_ts, floor(extract(epoch from moment) * 1000)), moment);
  insert into durable.queue (kind, event_id, run_at) values ('event', new_id, moment);
  perform pg_notify('durable', '');
  return new_id;
end $$;

-- Asks the executor to cancel a run or to run it once more; who asks and why is kept with the run.
create function durable.ask(verb text, of_run text, why text, who text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if verb not in ('cancel', 'retry') then raise exception 'Unknown verb %', verb using errcode = 'invalid_parameter_value'; end if;
  insert into durable.queue (kind, run_id, run_at, payload)
  values (verb, of_run, durable.now_(), jsonb_build_object('reason', why, 'by', who))
  on conflict (run_id, step_id, kind) do nothing;
  perform pg_notify('durable', '');
end $$;

revoke all on function durable.emit, durable.ask from public;
grant usage on schema durable to rollcall_app, rollcall_engine, rollcall_vendor;
grant execute on function durable.emit, durable.ask to rollcall_app, rollcall_engine;
grant select, insert, update, delete on durable.functions, durable.events, durable.jobs, durable.steps, durable.queue, durable.waits, durable.crons,
  durable.throttles, durable.keys, durable.registrations, durable.history to rollcall_engine;
grant select on durable.clock_shifts to rollcall_engine, rollcall_vendor;
grant usage on sequence durable.step_order to rollcall_engine;
-- Vendor staff see what happened and when, not what functions returned or what their errors quoted.
grant select on durable.functions, durable.waits, durable.crons, durable.registrations, durable.history to rollcall_vendor;
grant select (id, age, fn_id, status, events, institution, parent_run, parent_step, retry_of, reason, asked_by, created_at, started_at, ended_at)
  on durable.jobs to rollcall_vendor;
grant select (run_id, step_id, op, name, label, status, race, seq, planned_at, done_at) on durable.steps to rollcall_vendor;
grant select (id, kind, run_id, step_id, fn_id, event_id, age, run_at, attempt, failures, lease, lease_until, leased_at, beat_at, owner, dirty)
  on durable.queue to rollcall_vendor;
