/** Which files have changed since a commit, as Git tells it: what `--changed-since` looks at. */

import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { Failure } from './failure';

/**
 * Paths of the workspace that differ from where `reference` and the present branch parted: committed since then,
 * changed and not committed, or new. Throws a Failure where Git, a repository or the reference is missing.
 */
export async function changedFiles(
  reference: string,
  displayPath: (path: string) => string,
): Promise<ReadonlySet<string>> {
  const folder = await realpath(resolve(dirname(displayPath('x'))));
  const git = (...args: readonly string[]) => runGit(folder, args);
  const top = await realpath((await git('rev-parse', '--show-toplevel')).trimEnd());
  const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${reference}^{commit}`).catch(
    (error: unknown) => {
      throw isMissing(error) ? error : new Failure(`--changed-since: ${reference} is no commit of the repository ${top}`);
    },
  );
  const base = await git('merge-base', commit.trim(), 'HEAD').catch(() => {
    throw new Failure(`--changed-since: ${reference} and the present branch have no commit in common; in CI, fetch more of the history`); // prettier-ignore
  });
  const diff = await git('diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', base.trim(), '--');
  const untracked = await git('-C', top, 'ls-files', '--others', '--exclude-standard', '-z');
  const prefix = relative(top, folder).split(sep).join('/');
  return new Set(
    [...diff.split('\0'), ...untracked.split('\0')].flatMap((name) => inWorkspace(name, prefix === '' ? '' : `${prefix}/`)),
  );
} // prettier-ignore

function inWorkspace(name: string, prefix: string): readonly string[] {
  return name !== '' && name.startsWith(prefix) ? [name.slice(prefix.length)] : [];
}

class GitMissing extends Failure {}

function isMissing(error: unknown): boolean {
  return error instanceof GitMissing;
}

/** Runs Git without anything that the repository's own configuration would start. */
function runGit(folder: string, args: readonly string[]): Promise<string> {
  const fixed = ['-c', 'core.fsmonitor=false', '-C', folder];
  const options = { encoding: 'utf8', maxBuffer: 2 ** 28, env: { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' } } as const; // prettier-ignore
  return new Promise((fulfil, reject) => {
    execFile('git', [...fixed, ...args], options, (error, stdout, stderr) => {
      if (!error) fulfil(stdout);
      else if (error.code === 'ENOENT') reject(new GitMissing('--changed-since needs git, which is not to be found'));
      else if (/not a git repository/.test(stderr))
        reject(new GitMissing(`--changed-since needs a Git repository: ${folder} is in none`)); // prettier-ignore
      else reject(new Failure(`git ${args[0] ?? ''} failed: ${stderr.trim() || error.message}`));
    });
  });
}
