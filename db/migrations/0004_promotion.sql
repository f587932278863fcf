-- Going live: a frozen Preview snapshot that an institution confirms and somebody else of the vendor approves; and the way back.

alter table environments
  -- Since when runs that nobody pressed a button for may commit by themselves here; null: not yet.
  add column automatic_at timestamptz,
  -- Automatic runs wait since then, until somebody says go on.
  add column paused_at timestamptz,
  add column paused_by integer references accounts (id),
  add column paused_reason text;

alter table runs
  -- The committed run whose changes this one turns back, and why somebody wants that.
  add column undo_of uuid,
  add column undo_reason text,
  -- The set holds rows of every feed: a promotion, or the undo of one.
  add column all_feeds boolean not null default false,
  -- The run commits by itself if its plan is exactly this one: the drift that the approver accepted.
  add column accepted_digest text,
  -- Not valid: to look at the rows that are there it would read them through policies, which ask for an institution. New ones are checked.
  add foreign key (institution_id, undo_of) references runs (institution_id, id) not valid,
  drop constraint runs_trigger_check,
  add constraint runs_trigger_check check (trigger in ('person', 'command', 'arrival', 'schedule', 'again', 'undo', 'promotion'));

-- One road of a Preview snapshot to Production. What is frozen is named by its seq: versions never change, so neither does it.
create table promotions (
  id uuid primary key default uuidv7(),
  institution_id integer not null references institutions (id),
  number integer not null,
  state text not null check (state in ('draft', 'confirmed', 'requested', 'changesAsked', 'approved', 'rejected', 'applying', 'live',
    'confirmedLive', 'rolledBack', 'superseded', 'expired')),
  -- Confirmations so far; each begins a round.
  round integer not null default 0,
  snapshot_seq integer,
  -- Of every feed the version of its settings that goes along: {"<feed>": version}.
  settings jsonb not null default '{}',
  -- Computed from the snapshot after it was frozen: its digest, how it differs from Production at that head, what was checked.
  snapshot_digest text,
  production_seq integer,
  difference jsonb,
  checks jsonb,
  prepared_at timestamptz,
  confirmed_by integer references accounts (id),
  confirmed_at timestamptz,
  requested_by integer references accounts (id),
  requested_at timestamptz,
  expires_at timestamptz,
  decided_by integer references accounts (id),
  decided_at timestamptz,
  -- What Preview's waiting plan would have changed at the decision, as the approver accepted it; null digest: no plan waited.
  drift_run_id uuid,
  drift_digest text,
  drift jsonb,
  -- The run that brought the snapshot to Production.
  run_id uuid,
  live_at timestamptz,
  live_confirmed_by integer references accounts (id),
  live_confirmed_at timestamptz,
  ended_at timestamptz,
  -- Whose act the last move was.
  moved_by text not null check (moved_by in ('institution', 'staff', 'system')),
  created_at timestamptz not null default now(),
  unique (institution_id, number),
  unique (institution_id, id),
  foreign key (institution_id, drift_run_id) references runs (institution_id, id),
  foreign key (institution_id, run_id) references runs (institution_id, id),
  -- Accounts, never members or staff: one human who is both may not approve what they asked for.
  constraint promotions_two_people check (decided_by is null or (decided_by is distinct from requested_by and decided_by is distinct from confirmed_by))
);
create unique index promotions_one_open on promotions (institution_id)
  where state in ('draft', 'confirmed', 'requested', 'changesAsked', 'approved', 'applying');

-- What was said and done about a promotion, in order: a move (`state`: where it led), a comment, or both at once.
create table promotion_notes (
  id bigint primary key generated always as identity,
  institution_id integer not null,
  promotion_id uuid not null,
  round integer not null,
  side text not null check (side in ('institution', 'staff', 'system')),
  account_id integer references accounts (id),
  state text,
  text text,
  at timestamptz not null default clock_timestamp(),
  foreign key (institution_id, promotion_id) references promotions (institution_id, id)
);
create index on promotion_notes (institution_id, promotion_id, id);

-- The legal moves, as server/roster/promotion.ts has them; a test holds the two together.
create function promotion_may(actor text, before text, after text) returns boolean language sql immutable as $$
  select (actor, before, after) in (
    ('institution', 'draft', 'confirmed'), ('institution', 'confirmed', 'confirmed'), ('institution', 'changesAsked', 'confirmed'),
    ('institution', 'confirmed', 'requested'),
    ('institution', 'confirmed', 'draft'), ('institution', 'requested', 'draft'), ('institution', 'changesAsked', 'draft'),
    ('institution', 'requested', 'superseded'),
    ('institution', 'live', 'confirmedLive'),
    ('staff', 'requested', 'changesAsked'), ('staff', 'requested', 'approved'), ('staff', 'requested', 'rejected'),
    ('system', 'confirmed', 'draft'), ('system', 'requested', 'superseded'), ('system', 'requested', 'expired'),
    ('system', 'approved', 'applying'), ('system', 'applying', 'live'), ('system', 'approved', 'changesAsked'), ('system', 'applying', 'changesAsked'),
    ('system', 'live', 'rolledBack'), ('system', 'confirmedLive', 'rolledBack'))
$$;

-- No update, whoever writes it, moves a promotion otherwise, thaws its snapshot, or approves what is not the newest of Preview.
create function hold_promotion() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  head integer;
begin
  if tg_op = 'INSERT' then
    if new.state <> 'draft' then raise exception 'A promotion begins as a draft' using errcode = 'check_violation'; end if;
    return new;
  end if;
  if (new.state <> old.state or new.round <> old.round) and not promotion_may(new.moved_by, old.state, new.state) then
    raise exception 'No move from % to % by %', old.state, new.state, new.moved_by using errcode = 'check_violation';
  end if;
  if (new.snapshot_seq is distinct from old.snapshot_seq or new.settings <> old.settings) and not (new.state = 'confirmed' and new.round = old.round + 1) then
    raise exception 'The snapshot is frozen' using errcode = 'check_violation';
  end if;
  if new.snapshot_digest is distinct from old.snapshot_digest and old.snapshot_digest is not null and new.round = old.round then
    raise exception 'The digest of a frozen snapshot does not change' using errcode = 'check_violation';
  end if;
  if new.state = 'approved' and old.state = 'requested' then
    select head_seq into head from environments where institution_id = new.institution_id and name = 'preview';
    if new.snapshot_digest is null or new.decided_by is null or head is distinct from new.snapshot_seq then
      raise exception 'Preview is at %, the snapshot is %', head, new.snapshot_seq using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
create trigger hold_promotion before insert or update on promotions for each row execute function hold_promotion();

select protect('promotions'), protect('promotion_notes');
grant select, insert, update on promotions to rollcall_app, rollcall_engine;
grant select, insert on promotion_notes to rollcall_app, rollcall_engine;
-- Counts and states; what people wrote to each other is read inside the institution.
create policy vendor_staff on promotions for select to rollcall_vendor using (true);
grant select on promotions to rollcall_vendor;
