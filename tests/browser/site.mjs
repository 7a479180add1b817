// The server under test as everybody but the person sees it: the command line, provisioning, and the letters it sends.

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const PATIENCE = 20_000;

function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this is started by tests/browser.rs`);
  return value;
}

/** Where the server is, without a path. */
export const ROOT = needed('BROWSER_ROOT');
/** A name for the server that is no loopback's, to the browser alone. */
export const NAME = 'people.test';
/** The same server by that name, without TLS. */
export const NAMED_ROOT = ROOT.replace('127.0.0.1', NAME);
export const ROOTS = [ROOT, NAMED_ROOT];
/** The folder with the packages that `npm ci` has brought. */
export const PACKAGES = needed('BROWSER_PACKAGES');
/** The browser. */
export const CHROMIUM = needed('BROWSER_CHROMIUM');
/** Whether each page is looked at, besides being met: what it looks like does not depend on the database. */
export const IS_LOOKED_AT = needed('BROWSER_LOOK') === 'yes';
/** Where screenshots go. */
export const PICTURES = needed('BROWSER_PICTURES');

const MUSTER = needed('BROWSER_MUSTER');
const DATABASE = needed('BROWSER_DATABASE');
const MAIL = needed('BROWSER_MAIL');
const TOKEN = needed('BROWSER_TOKEN');

/** Runs the command line as an operator; answers what it printed. */
export async function operator(...words) {
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('MUSTER_'));
  const { stdout } = await promisify(execFile)(MUSTER, [...words, '--database-url', DATABASE], {
    env: { ...Object.fromEntries(environment), MUSTER_SERVER__PUBLIC_URL: ROOT },
  });
  return stdout.trim();
}

/** Sends a SCIM request as a provisioning client; answers the status and the document. */
export async function scim(method, path, document) {
  const response = await fetch(`${ROOT}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' },
    body: document && JSON.stringify(document),
  });
  const text = await response.text();
  return { status: response.status, document: text ? JSON.parse(text) : null };
}

/** Waits until `look` finds something. */
export async function eventually(what, look) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not come`);
    await pause(25);
  }
}

const taken = new Set();

/** The next letter to an address with these words in its subject; each letter is taken once. */
export async function letter(address, subject) {
  return eventually(`the letter «${subject}» to ${address}`, async () => {
    for (const name of (await files()).sort()) {
      if (taken.has(name)) continue;
      const found = parse(await readFile(`${MAIL}/${name}`));
      if (!found.headers.to?.includes(address) || !found.headers.subject?.includes(subject)) continue;
      taken.add(name);
      return found;
    }
    return null;
  });
}

/** How many letters there are to an address. */
export async function letters(address) {
  const texts = (await files()).map((name) => readFile(`${MAIL}/${name}`));
  return (await Promise.all(texts)).filter((text) => parse(text).headers.to?.includes(address)).length;
}

async function files() {
  // The folder comes with the first letter.
  const names = await readdir(MAIL).catch(() => []);
  return names.filter((name) => name.endsWith('.eml'));
}

/** A letter: its headers, its text, its HTML, and the one link of the server that both lead to. */
function parse(bytes) {
  const parts = leaves(bytes.toString('latin1'));
  const { headers } = parts[0];
  const body = (type) => parts.find((part) => part.headers['content-type']?.startsWith(type))?.body;
  const text = body('text/plain') ?? '';
  const html = body('text/html') ?? '';
  const links = [...text.matchAll(/https?:\/\/\S+/g)].map(([link]) => link);
  return { headers, text, html, links };
}

/** The entity and everything in it, the entity first. Bytes are kept as Latin-1 until a part is decoded. */
function leaves(entity) {
  const end = entity.indexOf('\r\n\r\n');
  const headers = {};
  for (const line of entity.slice(0, end).replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = words(line.slice(colon + 1).trim());
  }
  const body = entity.slice(end + 4);
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  if (!boundary) return [{ headers, body: decoded(body, headers['content-transfer-encoding']) }];
  const inner = body.split(`--${boundary}`).slice(1, -1);
  return [{ headers, body: '' }, ...inner.flatMap((part) => leaves(part.replace(/^\r\n/, '')))];
}

function decoded(body, encoding = '7bit') {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString('utf8');
  return unquoted(body.replace(/=\r\n/g, ''));
}

function unquoted(text) {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A header's value with its encoded words (RFC 2047) decoded. */
function words(value) {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind, text) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : unquoted(text.replace(/_/g, ' ')));
}
