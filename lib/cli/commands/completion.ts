import type { Command, Option } from 'commander';
import { StandpipeError } from '../../errors';

/** Flags whose value is the name of a file. */
const FILES = /<file>/;

/**
 * Prints a script with which a shell completes commands, flags and their values: made of the commands as they are declared,
 * so that none is forgotten.
 */
export function completion(shell: string, program: Command): void {
  if (shell !== 'bash' && shell !== 'zsh') {
    throw new StandpipeError('bad_argument', `shell: must be bash or zsh, not ${shell}`);
  }
  console.log(`${shell === 'zsh' ? ZSH : ''}${scriptOf(program)}`);
}

/** The functions that the script of bash uses, in zsh. */
const ZSH = 'autoload -U +X bashcompinit && bashcompinit\n';

function scriptOf(program: Command): string {
  const names = program.commands.map((each) => each.name());
  return [
    '_standpipe() {',
    '  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}',
    '  COMPREPLY=()',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${names.join(' ')}" -- "$cur"))`,
    '    return',
    '  fi',
    '  case "${COMP_WORDS[1]} $prev" in',
    ...program.commands.flatMap((command) =>
      command.options.flatMap((each) => valuesOf(command, each)),
    ),
    '  esac',
    '  case "${COMP_WORDS[1]}" in',
    '    completion) COMPREPLY=($(compgen -W "bash zsh" -- "$cur")); return ;;',
    `    help) COMPREPLY=($(compgen -W "${names.join(' ')}" -- "$cur")); return ;;`,
    '  esac',
    '  case "$cur" in -*) ;; *) COMPREPLY=($(compgen -f -- "$cur")); return ;; esac',
    '  case "${COMP_WORDS[1]}" in',
    ...program.commands.map((command) => {
      const flags = command.options.flatMap(({ long }) => long ?? []);
      const words = [...flags, '--help'].join(' ');
      return `    ${command.name()}) COMPREPLY=($(compgen -W "${words}" -- "$cur")) ;;`;
    }),
    '  esac',
    '}',
    'complete -o filenames -F _standpipe standpipe',
  ].join('\n');
}

/** The line for the value of a flag; none for one that takes any text. */
function valuesOf(command: Command, option: Option): string[] {
  const { long, short, argChoices, flags } = option;
  const at = [long, short]
    .flatMap((each) => each ?? [])
    .map((each) => `"${command.name()} ${each}"`);
  const reply =
    argChoices !== undefined
      ? `-W "${argChoices.join(' ')}"`
      : FILES.test(flags)
        ? '-f'
        : undefined;
  if (reply !== undefined)
    return [`    ${at.join('|')}) COMPREPLY=($(compgen ${reply} -- "$cur")); return ;;`];
  // Nothing is known of other values.
  return option.required ? [`    ${at.join('|')}) return ;;`] : [];
}
