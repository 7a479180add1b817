// An operator who owns the organization, and what stories of the console ask the server besides.

import assert from 'node:assert/strict';

import { Person } from './person.mjs';
import { operator, scim } from './site.mjs';

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const ACCOUNT = 'urn:muster:scim:schemas:extension:account:1.0:User';
export const PASSWORD = 'Nine!Violet-Herons7';

/** An owner who has been invited and has chosen the password; not signed in. */
export async function owner(browser, inspection, name, address, { tenant = 'default', ...options } = {}) {
  const how = ['--tenant', tenant, '--role', 'owner', '--onboarding', 'link'];
  const invited = await operator('operator', 'create', address, ...how);
  const [link] = invited.match(/http[^"\s]+\/invite\/[^"\s]+/);
  const person = await Person.arrive(browser, inspection, name, options);
  await person.open(link, { heading: 'Choose your password' });
  await person.send({ 'New password': PASSWORD }, 'Save password', { heading: 'Sign in' });
  return person;
}

/** Makes something as a provisioning client; answers its id. */
export async function made(path, document) {
  const answer = await scim('POST', path, document);
  assert.equal(answer.status, 201, `POST ${path}: ${JSON.stringify(answer.document)?.slice(0, 300)}`);
  return answer.document.id;
}

/** What a client reads there. */
export async function read(path) {
  const answer = await scim('GET', path);
  assert.equal(answer.status, 200, `GET ${path}`);
  return answer.document;
}

/** The one user or group of that name; null: there is none. */
export async function named(path, attribute, name) {
  const found = await read(`${path}?filter=${encodeURIComponent(`${attribute} eq "${name}"`)}`);
  assert.ok(found.totalResults < 2, `${found.totalResults} are called ${name}`);
  return found.Resources?.[0] ?? null;
}

/** The ids of a group's members. */
export async function members(id) {
  return ((await read(`/Groups/${id}`)).members ?? []).map(({ value }) => value);
}
