import { parseArgs } from "node:util";

/** An option that is there or not. */
interface Flag {
  readonly says: string;
}

/** An option with a value. `word` stands for it in the help; `many`: it may be given more than once. */
interface Valued extends Flag {
  readonly word: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly required?: true;
  readonly many?: true;
}

type Option = Flag | Valued;

/** What one command is: its line is read by it and its help is written from it, so the two cannot differ. */
export interface Command {
  /** One line, for the list of commands. */
  readonly does: string;
  /** What the list has no room for. */
  readonly more: string;
  /** What it takes beside options: at least one where required. */
  readonly operands?: { readonly word: string; readonly says: string; readonly required: boolean };
  readonly options: Readonly<Record<string, Option>>;
  /** A whole line, as a shell takes it. */
  readonly example: string;
  /** Every code that it ends with. */
  readonly exits: Readonly<Record<number, string>>;
  /** That of a line that cannot be understood. */
  readonly misused: number;
}

type Word<O> = O extends { readonly choices: readonly (infer Choice)[] } ? Choice : string;
type Value<O> = O extends { readonly word: string }
  ? O extends { readonly many: true }
    ? readonly Word<O>[]
    : O extends { readonly required: true } | { readonly default: string }
      ? Word<O>
      : Word<O> | null
  : boolean;

/** What a line says to a command: a value for each option (null where none was given and there is no default), and the rest. */
export type Given<C extends Command> = {
  readonly [Name in keyof C["options"]]: Value<C["options"][Name]>;
} & { readonly operands: readonly string[] };

/** A line that cannot be understood; the message says why. */
export class Misused extends Error {}

/** Reads what follows a command's name. Throws Misused. */
export function given<C extends Command>(command: C, argv: readonly string[]): Given<C> {
  const { values, positionals } = parsed(command, argv);
  const read = Object.entries(command.options).map(([name, option]) => [name, chosen(name, option, values[name])] as const);
  if (command.operands?.required === true && positionals.length === 0) throw new Misused(`Name at least one ${command.operands.word}.`);
  // Each value was read by the very option that its type is made from.
  return { ...Object.fromEntries(read), operands: positionals } as Given<C>;
}

type Parsed = string | boolean | readonly (string | boolean)[] | undefined;

function parsed(command: Command, argv: readonly string[]): { values: Readonly<Record<string, Parsed>>; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, option]) => {
      return [name, { type: isValued(option) ? "string" : "boolean", multiple: isValued(option) && option.many === true } as const];
    }),
  );
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: command.operands !== undefined });
  } catch (cause) {
    throw new Misused(cause instanceof Error ? cause.message : String(cause));
  }
}

function chosen(name: string, option: Option, value: Parsed): Parsed | null {
  if (!isValued(option)) return value === true;
  const words = [value ?? option.default ?? []].flat().map(String);
  if (option.required === true && words.length === 0) throw new Misused(`--${name} is missing.`);
  const wrong = words.find((word) => option.choices?.includes(word) === false);
  if (wrong !== undefined) throw new Misused(`--${name} is ${option.choices?.join(" or ")}, not "${wrong}".`);
  return option.many === true ? words : (words[0] ?? null);
}

const isValued = (option: Option): option is Valued => "word" in option;

/** The help of a command: how it is written, what it does, each option, an example, each exit code. */
export function helpOf(name: string, command: Command): string {
  const { operands, options } = command;
  const rows = [
    ...(operands === undefined ? [] : [[operands.word, operands.says] as const]),
    ...Object.entries(options).map(([option, about]) => [written(option, about), saidOf(about)] as const),
    ["--help", "this"] as const,
  ];
  const exits = Object.entries(command.exits).map(([code, meaning]) => [code, meaning] as const);
  return [
    usageOf(name, command),
    `${command.does}.\n${command.more}`,
    aligned(rows),
    `Example\n  ${command.example}`,
    `Exit code\n${aligned(exits)}`,
  ].join("\n\n");
}

/** The line of a command with all that it takes; what may be left out stands in brackets. */
export function usageOf(name: string, { operands, options }: Command): string {
  const parts = Object.entries(options).map(([option, about]) =>
    isValued(about) && about.required === true ? written(option, about) : `[${written(option, about)}]`,
  );
  const rest = operands === undefined ? [] : [operands.required ? operands.word : `[${operands.word}]`];
  return ["rollcall", name, ...rest, ...parts].join(" ");
}

/** Two columns under each other. */
export function aligned(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`).join("\n");
}

const written = (name: string, option: Option): string => (isValued(option) ? `--${name} ${option.word}` : `--${name}`);

function saidOf(option: Option): string {
  if (!isValued(option)) return option.says;
  const choices = option.choices === undefined || option.word.includes("|") ? [] : [`one of ${option.choices.join(", ")}`];
  const unset = option.default === undefined ? [] : [`unset: ${option.default}`];
  return [option.says, ...choices, ...unset].join("; ");
}
