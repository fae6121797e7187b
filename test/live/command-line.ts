/** The command line as it is built, for tests that run it against a cluster. */

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class CommandLine {
  readonly folder: string;
  /** All that was printed. */
  readonly outputs: string[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async build(): Promise<CommandLine> {
    const folder = await mkdtemp(join(tmpdir(), 'service-topology-live-cli-'));
    await build({
      entryPoints: ['src/cli/main.ts'],
      // The language server is not asked for.
      external: ['#server/main'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      outfile: join(folder, 'cli.js'),
      logLevel: 'error',
    });
    return new CommandLine(folder);
  }

  /** `during` runs beside it, and ends it. */
  run(kubeconfig: string, args: readonly string[], during?: (output: () => string) => Promise<void>): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const env = { ...process.env, KUBECONFIG: `${this.folder}/missing:${kubeconfig}`, NO_COLOR: '1' };
      const child = spawn(process.execPath, [join(this.folder, 'cli.js'), ...args], { env });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
      child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
      child.on('close', (status) => {
        this.outputs.push(stdout, stderr);
        resolve({ status, stdout, stderr });
      });
      if (during) {
        during(() => stdout)
          .catch(reject)
          .finally(() => child.kill('SIGINT'));
      }
    });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
