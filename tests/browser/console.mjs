// An operator's day in the console: from the first link on, without a script.

import assert from 'node:assert/strict';

import { Person } from './person.mjs';
import { operator, scim } from './site.mjs';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const OWNER = 'olga@operators.example';
const PASSWORD = 'Nine!Violet-Herons7';
const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>';

export async function operators(browser, inspection) {
  const { document: made } = await scim('POST', '/Users', {
    schemas: [USER],
    userName: 'carl@example.com',
    displayName: HOSTILE,
    name: { givenName: HOSTILE, familyName: 'Ng' },
    title: HOSTILE,
  });
  const { document: group } = await scim('POST', '/Groups', {
    schemas: [GROUP],
    displayName: HOSTILE,
    members: [{ value: made.id }],
  });
  const invited = await operator('operator', 'create', OWNER, '--role', 'owner', '--onboarding', 'link');
  const link = invited.match(/http[^"\s]+\/invite\/[^"\s]+/)[0];

  const olga = await Person.arrive(browser, inspection, 'Olga');
  await olga.open(link, {});
  await olga.page.locator('input[name=password]').fill(PASSWORD);
  await olga.meet(() => olga.page.locator('main button[type=submit]').first().click(), {});
  await olga.open('/console', { path: '/sign-in', heading: 'Sign in' });
  await olga.signIn(OWNER, PASSWORD, { path: '/console', heading: 'Dashboard', picture: 'dashboard' });

  const user = `/console/users/${made.id}`;
  const team = `/console/groups/${group.id}`;
  const pages = [
    '/console/users', '/console/users?q=carl', '/console/users?state=deleted', '/console/users/new', '/console/users/import',
    user, `${user}/edit`, `${user}/groups`, `${user}/groups/add`, `${user}/sign-in`, `${user}/assigned`, `${user}/history`, `${user}/json`,
    `${user}/danger`, `${user}/lock`, `${user}/delete`, `${user}/reset`, `${user}/deactivate`,
    '/console/groups', '/console/groups/new', team, `${team}/add?q=carl`, `${team}/edit`, `${team}/delete`, `${team}/history`,
    '/console/operators', '/console/operators/new', '/console/connections', '/console/connections/new', '/console/connections/default',
    '/console/connections/default/tokens', '/console/connections/default/tokens/new', '/console/connections/default/settings',
    '/console/connections/default/shield', '/console/connections/default/freeze', '/console/connections/default/danger',
    '/console/log', '/console/audit', '/console/attributes', '/console/attributes/new', '/console/schemas', '/console/settings',
    '/console/settings/sign-in', '/console/settings/registration', '/console/settings/mail', '/console/settings/limits',
    '/console/workbench', '/console/search?q=carl', '/console/own', '/console/own/factor', '/console/prove', '/console/keys',
  ];
  for (const address of pages) {
    const name = address.replace(made.id, 'user').replace(group.id, 'group').replace(/\W+/g, '-').slice(1);
    await olga.open(address, { picture: name });
  }
  await olga.open('/console/users?filter=bad%20filter', { status: 400, heading: 'Users', picture: 'filter-error' });

  await olga.open(`${user}/lock`, {});
  await olga.page.locator('main input[type=checkbox]').first().check();
  await olga.meet(() => olga.page.locator('main form button[type=submit]').first().click(), { picture: 'locked' });
  const { document: locked } = await scim('GET', `/Users/${made.id}`);
  assert.equal(locked['urn:muster:scim:schemas:extension:account:1.0:User'].locked, true);
  await olga.leave();
}
