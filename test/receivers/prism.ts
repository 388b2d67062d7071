import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Asked, Told } from '../contracts/far-side.ts';

const specs = join(import.meta.dirname, '../../../shared/specs');

/** A file among the vendors' OpenAPI, which lie beside the repository; null where they are missing. */
export function specAt(path: string): string | null {
  const file = join(specs, path);
  return existsSync(file) ? file : null;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Some paths of an OpenAPI document and what they refer to: the whole of Datadog's takes half a minute to load. */
export function excerptOf(document: unknown, paths: readonly string[]): unknown {
  const kept = new Map<string, Json>();
  const visit = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key !== '$ref' || typeof inner !== 'string') visit(inner);
      else if (!kept.has(inner)) {
        const target = inner.slice(2).split('/').reduce<Json>(memberOf, asJson(document));
        kept.set(inner, target);
        visit(target);
      }
    }
  };
  const all = memberOf(asJson(document), 'paths');
  const chosen = Object.fromEntries(paths.map((path) => [path, memberOf(all, path)]));
  visit(chosen);
  const components: Record<string, Record<string, Json>> = {};
  for (const [ref, value] of kept) {
    const [, kind = '', name = ''] = ref.slice(2).split('/');
    components[kind] = { ...components[kind], [name]: value };
  }
  const securitySchemes = memberOf(memberOf(asJson(document), 'components'), 'securitySchemes');
  return {
    openapi: '3.0.0',
    info: { title: 'excerpt', version: '1' },
    paths: chosen,
    components: { ...components, ...(securitySchemes === null ? {} : { securitySchemes }) },
  };
}

function memberOf(value: Json, key: string): Json {
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value).find(([name]) => name === key)?.[1] ?? null;
}

function asJson(value: unknown): Json {
  const copy: Json = JSON.parse(JSON.stringify(value));
  return copy;
}

export interface Prism {
  /** Asks Prism and passes its answer on. A request that breaks the specification gets its 4xx, with the violations. */
  readonly forward: (asked: Asked) => Promise<Told>;
  close(): Promise<void>;
}

/** A mock server made of an OpenAPI document, in a process of its own. `pathOf` maps to its paths. */
export async function startPrism(document: unknown, pathOf: (path: string) => string = (path) => path): Promise<Prism> {
  const folder = await mkdtemp(join(tmpdir(), 'dq-report-prism-'));
  const file = join(folder, 'openapi.json');
  await writeFile(file, JSON.stringify(document));
  const require = createRequire(import.meta.url);
  const cli = require.resolve('@stoplight/prism-cli');
  const child = spawn(process.execPath, [cli, 'mock', '--port', '0', '--errors', file], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await listening(child);
  return {
    async forward({ method, path, headers, body }) {
      const answer = await fetch(`${url}${pathOf(path)}`, {
        method,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          ...(headers['dd-api-key'] === undefined ? {} : { 'dd-api-key': headers['dd-api-key'] }),
        },
        body: body === '' ? null : body,
      });
      return { status: answer.status, body: await answer.text() };
    },
    async close() {
      child.kill();
      await rm(folder, { recursive: true });
    },
  };
}

async function listening(child: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const url = /listening on (http:\/\/\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url.replaceAll(/\u001b\[\d*m/g, ''));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('exit', () => reject(new Error(`Prism did not start:\n${output}`)));
  });
}
